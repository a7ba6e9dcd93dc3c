const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Bytes for people: "1.5 MiB". */
export function bytesText(bytes: number): string {
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && unit < BYTE_UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? amount : significant(amount)} ${BYTE_UNITS[unit]}`;
}

/** Milliseconds for people, in the unit that reads best: "85 µs", "1.25 ms", "3.2 s". */
export function millisText(ms: number): string {
  if (!Number.isFinite(ms)) return "-";
  if (ms < 1) return `${significant(ms * 1000)} µs`;
  return ms < 1000 ? `${significant(ms)} ms` : `${significant(ms / 1000)} s`;
}

/** A number with three significant digits, without an exponent or needless zeros. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(digits, 20))));
}
