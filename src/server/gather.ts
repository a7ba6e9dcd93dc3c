import { freeMemory } from "./free-memory.ts";

/** Memory for an announced length is taken once this part of it has come, so that announcing costs nothing. */
const ALLOCATE_AT = 1 / 16;
/** Chunks smaller than this weigh less than the objects that hold them. */
const SMALL_BYTES = 256;
/** So many of them are made one, or a body of tiny chunks would take a hundred times its size. */
const MAX_SMALL = 256;
const EMPTY = new Uint8Array(0);

/**
 * Brings chunks together in one piece of memory, each byte copied once; a single chunk is not
 * copied. Chunks that were copied are the caller's no more.
 */
export class Gather {
  readonly #total: number | undefined;
  readonly #prefix: number;
  readonly #chunks: Uint8Array[] = [];
  #whole: Uint8Array | undefined;
  /** Where the small chunks begin that are not joined yet. */
  #smallFrom = 0;
  /** Bytes added so far; the caller keeps them within the announced total. */
  received = 0;

  /**
   * `total` is the announced length; undefined if there is none. What comes after `prefix` bytes is
   * aligned for 8-byte numbers, in a body of several chunks whose length was announced.
   */
  constructor(total: number | undefined, prefix = 0) {
    this.#total = total;
    this.#prefix = prefix;
  }

  add(chunk: Uint8Array): void {
    const { length } = chunk;
    if (this.#whole) {
      this.#whole.set(chunk, this.received);
      freeMemory(chunk);
    } else this.#hold(chunk);
    this.received += length;
    if (this.#whole || this.#total === undefined || this.#chunks.length < 2) return;
    if (this.received >= this.#total * ALLOCATE_AT) {
      this.#whole = join(this.#chunks, this.#total, this.#prefix);
      this.#chunks.length = 0;
    }
  }

  #hold(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    if (chunk.length >= SMALL_BYTES) this.#smallFrom = this.#chunks.length;
    if (this.#chunks.length - this.#smallFrom < MAX_SMALL) return;
    const small = this.#chunks.splice(this.#smallFrom);
    this.#chunks.push(join(small, sizeOf(small)));
    this.#smallFrom = this.#chunks.length;
  }

  /** All that was added. */
  whole(): Uint8Array {
    return this.#whole?.subarray(0, this.received) ?? join(this.#chunks, this.received);
  }

  /** Gives the memory of {@link whole} back: nobody may use it any more. */
  free(): void {
    if (this.#whole) freeMemory(new Uint8Array(this.#whole.buffer));
    this.#whole = undefined;
  }

  /** Forgets all that was added. */
  drop(): void {
    this.#chunks.length = 0;
    this.#whole = undefined;
  }
}

const sizeOf = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((bytes, { length }) => bytes + length, 0);

function join(chunks: readonly Uint8Array[], bytes: number, prefix = 0): Uint8Array {
  const [first] = chunks;
  if (!first) return EMPTY;
  if (first.length === bytes) return first;
  const skew = (8 - (prefix % 8)) % 8;
  const whole = Buffer.allocUnsafeSlow(bytes + skew).subarray(skew);
  let at = 0;
  for (const chunk of chunks) {
    const { length } = chunk;
    whole.set(chunk, at);
    at += length;
    freeMemory(chunk);
  }
  return whole;
}
