import { type Address, allocateNative, freeNative, viewNative } from "./ffi.ts";

/** Least capacity, and the alignment of a cache line that vector kernels like. */
const LEAST_BYTES = 256;
const ALIGNMENT = 64;

/** Above this size a buffer that stays mostly unused is given back. */
const KEEP_BYTES = 1024 * 1024;

/** After how many uses in a row at less than a quarter of the capacity the buffer shrinks. */
const PATIENCE = 256;

/** Native memory that grows by doubling and shrinks when it stays far too large. */
export class NativeBuffer {
  #raw: Address = 0;
  #address: Address = 0;
  #capacity = 0;
  #memory: ArrayBuffer = new ArrayBuffer(0);
  #smallUses = 0;
  #largestOfThem = 0;

  get address(): Address {
    return this.#address;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** The memory itself; replaced whenever {@link NativeBuffer.reserve} says true. */
  get memory(): ArrayBuffer {
    return this.#memory;
  }

  /** Makes room for `bytes`. True if the memory moved, contents lost. */
  reserve(bytes: number): boolean {
    if (bytes > this.#capacity) {
      this.#replace(Math.max(bytes, 2 * this.#capacity, LEAST_BYTES));
      return true;
    }
    return this.#capacity > KEEP_BYTES && this.#shrink(bytes);
  }

  free(): void {
    if (this.#raw) freeNative(this.#raw);
    this.#raw = this.#address = this.#capacity = 0;
    this.#memory = new ArrayBuffer(0);
  }

  #shrink(bytes: number): boolean {
    if (bytes * 4 > this.#capacity) {
      this.#smallUses = this.#largestOfThem = 0;
      return false;
    }
    this.#smallUses += 1;
    this.#largestOfThem = Math.max(this.#largestOfThem, bytes);
    if (this.#smallUses < PATIENCE) return false;
    this.#replace(Math.max(this.#largestOfThem, LEAST_BYTES));
    return true;
  }

  #replace(bytes: number): void {
    this.free();
    this.#raw = allocateNative(bytes + ALIGNMENT);
    this.#address = Math.ceil(this.#raw / ALIGNMENT) * ALIGNMENT;
    this.#capacity = bytes;
    this.#memory = viewNative(this.#address, bytes);
    this.#smallUses = this.#largestOfThem = 0;
  }
}
