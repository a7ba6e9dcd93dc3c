import { PlatformError } from "../base/index.ts";

/**
 * Bytes of request bodies that the server holds at once, over all connections. Only what was
 * received counts, not what a client announced, so a client must send what it wants to occupy.
 */
export class ByteBudget {
  readonly #max: number;
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** @throws PlatformError `resource_exhausted` if that would be too many at once. */
  take(bytes: number): void {
    if (this.#used + bytes > this.#max) {
      throw new PlatformError("resource_exhausted", "too many request bytes are being received at once", {
        field: "body",
        got: `${this.#used} bytes held`,
        expected: `at most ${this.#max} bytes held`,
        hint: "send again later, or in smaller requests",
        retryAfterMs: 1000,
      });
    }
    this.#used += bytes;
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }
}
