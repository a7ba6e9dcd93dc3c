const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** The nearest IEEE 754 half-precision number to `value`, as its 16 bits (ties to even). */
export function toHalf(value: number): number {
  word[0] = value;
  const x = bits[0] ?? 0;
  const sign = (x >>> 16) & 0x8000;
  const exponent = (x >>> 23) & 0xff;
  const fraction = x & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 | (fraction >>> 13) : 0);
  const shifted = exponent - 112; // The two formats' exponent biases are 127 and 15.
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted <= 0) {
    if (shifted < -10) return sign;
    return sign | roundShift(fraction | 0x800000, 14 - shifted);
  }
  // A carry out of the fraction runs into the exponent, which is what rounding up means.
  return sign | ((shifted << 10) + roundShift(fraction, 13));
}

/** The number that 16 bits of IEEE 754 half precision stand for. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest bfloat16 to `value`, as its 16 bits (ties to even). */
export function toBrain(value: number): number {
  word[0] = value;
  const x = bits[0] ?? 0;
  if ((x & 0x7fffffff) > 0x7f800000) return (x >>> 16) | 0x40;
  return roundShift(x, 16) & 0xffff;
}

/** The number that 16 bits of bfloat16 stand for. */
export function fromBrain(brain: number): number {
  bits[0] = brain << 16;
  return word[0] ?? 0;
}

/** `value >>> shift`, rounded to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const kept = Math.floor(value / 2 ** shift);
  const rest = value - kept * 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
}
