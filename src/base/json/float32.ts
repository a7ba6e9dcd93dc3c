import { POWERS_OF_TEN } from "./powers.ts";

/** Nine significant digits identify every float32. */
const MAX_DIGITS = 9;

/**
 * The double nearest to the shortest decimal that reads back as `value`, a float32: for the float32
 * next to 0.1 it is 0.1, not 0.10000000149011612. Printing the result prints that decimal, because
 * a double tells decimals of up to 15 digits apart.
 *
 * The decimal lies between the midpoints to the neighbouring float32s; starting at nine digits,
 * digits are dropped as long as the rest reads back (the idea of Steele & White 1990, §3, on
 * machine numbers, since float32 leaves a double 29 bits to spare).
 */
export function shortestFloat32(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const size = Math.abs(value);
  if (size < 2 ** 24 && Number.isInteger(size)) return value;
  // A float32 that is not a power of ten is too far from one for log10 to be mistaken.
  const shift = MAX_DIGITS - 1 - Math.floor(Math.log10(size));
  // Powers of ten up to 22 are exact in a double, and eight of them are for dropping digits.
  if (shift > 22 || shift < MAX_DIGITS - 1 - 22) return shortestByText(value);
  let best = value;
  let digits = Math.round(scale(size, shift));
  let power = shift;
  for (let kept = MAX_DIGITS; kept > 0; kept--) {
    const decimal = scale(digits, -power);
    if (Math.fround(decimal) !== size) break;
    best = decimal;
    power -= 1;
    // Rounded anew from the value, not from the last digits, which would round twice.
    digits = Math.round(scale(size, power));
  }
  return value < 0 && best > 0 ? -best : best;
}

/** `value · 10^power`, rounded once while |power| ≤ 22. */
function scale(value: number, power: number): number {
  return power < 0 ? value / (POWERS_OF_TEN[-power] ?? 1) : value * (POWERS_OF_TEN[power] ?? 1);
}

/** Very large and very small values, which are rare: by trying. */
function shortestByText(value: number): number {
  for (let digits = 1; digits < MAX_DIGITS; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return decimal;
  }
  return Number(value.toPrecision(MAX_DIGITS));
}
