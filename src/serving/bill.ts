import type { Clock } from "../base/index.ts";

/** How often the process's CPU time is compared with what was billed. */
const TICK_MS = 100;

/** Share of the open balance that the next tick's requests carry: under 1, so that it dies out instead of swinging. */
const CATCH_UP = 0.5;

/** No request carries more than this many times what is usual: a burst is not paid by a latecomer. */
const MAX_FACTOR = 3;

/** Nor is the limit less than this, in microseconds, while little is known of what is usual. */
const LEAST_LIMIT_US = 500;

/** Ticks with requests that say what is usual. */
const USUAL_TICKS = 9;
const LEAST_TICKS = 3;

/**
 * Bills CPU time to requests so that all bills add up to what the process used.
 *
 * A request's own share of its runs is measured. The rest (reading, decoding, encoding, sockets,
 * garbage collection) cannot be measured per request without costing more than it is: it is
 * divided evenly over the requests of the moment. Every tick the overhead of its requests, and
 * part of the balance still open (the process's CPU time less all bills), sets what the next
 * requests carry, so the sum follows the truth. CPU of times without requests is nobody's: it
 * goes to {@link Bill.unbilledUs}.
 */
export class Bill {
  readonly #cpuUs: () => number;
  readonly #startUs: number;
  #billedUs = 0;
  #unbilledUs = 0;
  #elsewhereUs = 0;
  #overheadUs = 0;
  /** Part of the balance that the requests until the next tick pay or get back, and how much each. */
  #openUs = 0;
  #openShareUs = 0;
  #tick = { cpuUs: 0, runUs: 0, requests: 0 };
  readonly #recent: number[] = [];
  #cancel: (() => void) | undefined;

  /** `cpuUs` tells the CPU time of the whole process so far, in microseconds. */
  constructor(cpuUs: () => number) {
    this.#cpuUs = cpuUs;
    this.#startUs = cpuUs();
    this.#tick.cpuUs = this.#startUs;
  }

  start(clock: Clock): void {
    this.#cancel = clock.after(TICK_MS, () => {
      this.tick();
      this.start(clock);
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** What a request costs whose share of its runs was `runUs`, in microseconds of CPU. */
  charge(runUs: number): number {
    const us = this.#costUs(runUs);
    this.#billedUs += us;
    return us;
  }

  /** The same for a request that no client made: what it costs is nobody's, and not the other requests' either. */
  chargeNobody(runUs: number): number {
    const us = this.#costUs(runUs);
    this.#unbilledUs += us;
    return us;
  }

  #costUs(runUs: number): number {
    this.#tick.runUs += runUs;
    this.#tick.requests += 1;
    return Math.max(0, runUs + this.#overheadUs + this.#takeOpen());
  }

  #takeOpen(): number {
    if (this.#openUs === 0) return 0;
    const part = Math.abs(this.#openShareUs) < Math.abs(this.#openUs) ? this.#openShareUs : this.#openUs;
    this.#openUs -= part;
    return part;
  }

  /** Counts CPU time of runs that other processes made: requests are billed for it too. */
  addElsewhere(us: number): void {
    this.#elsewhereUs += us;
  }

  /** All bills so far, in microseconds of CPU. */
  get billedUs(): number {
    return this.#billedUs;
  }

  /** CPU that no client's request caused: loading models, watching folders, load tests, idling. */
  get unbilledUs(): number {
    return this.#unbilledUs;
  }

  /** Sets what the requests until the next tick carry. */
  tick(): void {
    const now = this.#cpuUs() + this.#elsewhereUs;
    const { cpuUs, runUs, requests } = this.#tick;
    const balance = now - this.#startUs - this.#billedUs - this.#unbilledUs;
    this.#tick = { cpuUs: now, runUs: 0, requests: 0 };
    if (requests === 0) {
      this.#unbilledUs += balance;
      this.#openUs = 0;
      this.#overheadUs = Math.min(this.#overheadUs, this.#usualUs());
      return;
    }
    const overhead = (now - cpuUs - runUs) / requests;
    this.#recent.push(overhead);
    if (this.#recent.length > USUAL_TICKS) this.#recent.shift();
    const limit = Math.max(LEAST_LIMIT_US, MAX_FACTOR * this.#usualUs());
    this.#overheadUs = Math.min(Math.max(0, overhead), limit);
    this.#openUs = CATCH_UP * balance;
    this.#openShareUs = Math.max(-limit, Math.min(this.#openUs / requests, limit));
  }

  /** The median overhead of a request in the last ticks that had some; 0 until there are a few. */
  #usualUs(): number {
    if (this.#recent.length < LEAST_TICKS) return 0;
    const sorted = this.#recent.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  }
}
