import type { Clock } from "../base/index.ts";

/** Calls a function in a later turn of the event loop, after pending input and output: `setImmediate`. */
export type Defer = (fn: () => void) => void;

/**
 * Wakes somebody after some microseconds, one wait at a time. Timers of the event loop count in
 * milliseconds, so what is shorter is waited out turn by turn.
 */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #defer: Defer;
  readonly #wake: () => void;
  #cancel: (() => void) | undefined;
  #isPolling = false;

  constructor(clock: Clock, defer: Defer, wake: () => void) {
    this.#clock = clock;
    this.#defer = defer;
    this.#wake = wake;
  }

  /** Wakes after `us`, which may be early by less than a millisecond; Infinity never. */
  set(us: number): void {
    this.clear();
    if (us >= 1000) {
      if (us < Number.POSITIVE_INFINITY) this.#cancel = this.#clock.after(us / 1000, this.#fire);
    } else if (!this.#isPolling) {
      this.#isPolling = true;
      this.#defer(this.#poll);
    }
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  readonly #fire = (): void => {
    this.#cancel = undefined;
    this.#wake();
  };

  readonly #poll = (): void => {
    this.#isPolling = false;
    this.#wake();
  };
}
