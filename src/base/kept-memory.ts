/** Memory that someone reads after the request that brought it is over. */
const kept = new WeakSet<ArrayBufferLike>();

/** Keeps memory from being given back before the collector sees that nobody holds it. */
export function keepMemory(buffer: ArrayBufferLike): void {
  kept.add(buffer);
}

/** Whether memory must not be given back at the end of its request. */
export function isKeptMemory(buffer: ArrayBufferLike): boolean {
  return kept.has(buffer);
}
