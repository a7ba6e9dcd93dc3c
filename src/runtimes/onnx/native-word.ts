/** Writes a number of up to 53 bits (an address, a size) as the 64-bit word at `index`; `halves` views the memory. */
export function putWord(halves: Uint32Array, index: number, value: number): void {
  halves[2 * index] = value >>> 0;
  halves[2 * index + 1] = Math.floor(value / 2 ** 32);
}

/** The 64-bit word at `index`. */
export function getWord(halves: Uint32Array, index: number): number {
  return (halves[2 * index] ?? 0) + (halves[2 * index + 1] ?? 0) * 2 ** 32;
}

/** The same, signed. */
export function getSignedWord(halves: Uint32Array, index: number): number {
  return (halves[2 * index] ?? 0) + ((halves[2 * index + 1] ?? 0) | 0) * 2 ** 32;
}
