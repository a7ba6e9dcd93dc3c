/**
 * Least memory of a session per byte of its file: the engine keeps weights a second time, packed
 * for its kernels, some of them only at the first run.
 */
const MEMORY_PER_FILE_BYTE = 1.75;

/** Memory attributed to a session: by how much its process grew at load, and at least what its file suggests. */
export function sessionMemory(grownBytes: number, fileBytes: number): number {
  return Math.max(grownBytes, Math.ceil(fileBytes * MEMORY_PER_FILE_BYTE));
}
