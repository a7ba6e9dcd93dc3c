import type { Language } from "../text/catalogue.ts";

/** How numbers, sizes and times are written; "–" for what is not known. */
export interface Numbers {
  /** Three significant digits, such as "0.123" or "1,230". */
  readonly number: (value: number | null | undefined) => string;
  /** All digits of a count. */
  readonly count: (value: number | null | undefined) => string;
  /** A share from 0 to 1 as "84 %". */
  readonly percent: (share: number | null | undefined) => string;
  /** Milliseconds as "85 µs", "3.2 ms" or "1.2 s". */
  readonly duration: (ms: number | null | undefined) => string;
  /** Bytes as "2.96 KiB". */
  readonly bytes: (bytes: number | null | undefined) => string;
  /** Date and time of a moment: ISO text, or milliseconds since 1970. */
  readonly moment: (at: string | number) => string;
  /** How long ago, such as "5 minutes ago". */
  readonly ago: (at: string | number, now?: number) => string;
}

const UNKNOWN = "–";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

const isKnown = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

export function numbersOf(language: Language): Numbers {
  const short = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const known = (value: number | null | undefined, print: (value: number) => string) =>
    isKnown(value) ? print(value) : UNKNOWN;
  return {
    number: (value) => known(value, (one) => short.format(one)),
    count: (value) => known(value, (one) => whole.format(one)),
    percent: (value) => known(value, (one) => share.format(one)),
    duration: (ms) => known(ms, (one) => durationText(one, short)),
    bytes: (bytes) => known(bytes, (one) => bytesText(one, short)),
    moment: (at) => when.format(new Date(at)),
    ago: (at, now = Date.now()) => agoText((new Date(at).getTime() - now) / 1000, relative),
  };
}

function durationText(ms: number, format: Intl.NumberFormat): string {
  if (ms < 1) return `${format.format(ms * 1000)} µs`;
  return ms < 1000 ? `${format.format(ms)} ms` : `${format.format(ms / 1000)} s`;
}

function bytesText(bytes: number, format: Intl.NumberFormat): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${format.format(bytes / 1024 ** step)} ${UNITS[step]}`;
}

function agoText(seconds: number, format: Intl.RelativeTimeFormat): string {
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return format.format(Math.round(seconds / size), unit);
}
