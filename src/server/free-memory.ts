import { isKeptMemory } from "../base/index.ts";

/** Smaller pieces are not worth it. */
const LEAST_BYTES = 16_384;

/**
 * Gives the memory of a large piece back now, if it is all its own: left to the collector, pieces
 * of megabytes would drive it to full collections. Whoever still holds it finds it empty, so what is kept stays.
 */
export function freeMemory({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < LEAST_BYTES || buffer.byteLength !== byteLength) return;
  giveBack(buffer);
}

/** Bytes given back so far of memory that is shared by several owners. */
const givenBack = new WeakMap<ArrayBufferLike, number>();

/**
 * Gives back one owner's part of memory that several share without overlap, such as the rows of
 * a batch: the last one frees it. Each part is given back once at the most.
 */
export function freeShare(part: Uint8Array): void {
  const { buffer, byteLength } = part;
  if (byteLength < LEAST_BYTES) return;
  const given = (givenBack.get(buffer) ?? 0) + byteLength;
  if (given < buffer.byteLength) givenBack.set(buffer, given);
  else giveBack(buffer);
}

function giveBack(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer && !isKeptMemory(buffer)) buffer.transfer(0);
}
