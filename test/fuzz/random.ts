/** Numbers that depend on seed and case only, so that a failure is replayed by naming both. */
export class Random {
  #state: number;

  constructor(seed: number, at: number) {
    this.#state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul((at | 0) + 1, 0x85ebca6b)) | 0;
    this.next();
  }

  /** 32 random bits. Source: mulberry32, Tommy Ettinger, public domain. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from 0 up to, not with, `bound`. */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }

  /** One of `items`, of which there must be at least one. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T; // Below its length, so it is there.
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
