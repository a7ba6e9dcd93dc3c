/** Time as a dependency: code that waits takes a Clock, so its tests never sleep. */
export interface Clock {
  /** Milliseconds on a monotonic clock, with fractions. */
  now(): number;
  /** Calls `fn` once, no sooner than `delayMs` from now; the result cancels it. */
  after(delayMs: number, fn: () => void): () => void;
}

/** The clock of this process. Its timers keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, fn) {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
};
