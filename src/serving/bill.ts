import type { Clock } from "../base/index.ts";

/** How often the process's CPU time is compared with what was billed. */
const TICK_MS = 100;

/** Share of the open balance that the next tick's requests carry: under 1, so that it dies out instead of swinging. */
const CATCH_UP = 0.5;

/** No request carries more than this many times the overhead of its moment: a burst is not paid by a latecomer. */
const MAX_FACTOR = 4;

/**
 * Bills CPU time to requests so that all bills add up to what the process used.
 *
 * A request's own share of its runs is measured. The rest (reading, decoding, encoding, sockets,
 * garbage collection) cannot be measured per request without costing more than it is: it is
 * divided evenly over the requests of the moment. Every tick the open balance, the process's
 * CPU time less all bills, sets what the next requests carry, so the sum follows the truth.
 * CPU of times without requests is nobody's: it goes to {@link Bill.unbilledUs}.
 */
export class Bill {
  readonly #cpuUs: () => number;
  readonly #startUs: number;
  #billedUs = 0;
  #unbilledUs = 0;
  #overheadUs = 0;
  #tick = { cpuUs: 0, runUs: 0, requests: 0 };
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
    const us = runUs + this.#overheadUs;
    this.#billedUs += us;
    this.#tick.runUs += runUs;
    this.#tick.requests += 1;
    return us;
  }

  /** All bills so far, in microseconds of CPU. */
  get billedUs(): number {
    return this.#billedUs;
  }

  /** CPU that no request caused: loading models, watching folders, idling. */
  get unbilledUs(): number {
    return this.#unbilledUs;
  }

  /** Counts CPU that no request caused although some were served meanwhile, such as that of loading a model. */
  exclude(us: number): void {
    this.#unbilledUs += us;
    this.#tick.cpuUs += us;
  }

  /** Sets what the requests until the next tick carry: the overhead of this tick's, and part of what is still open. */
  tick(): void {
    const now = this.#cpuUs();
    const { cpuUs, runUs, requests } = this.#tick;
    const balance = now - this.#startUs - this.#billedUs - this.#unbilledUs;
    this.#tick = { cpuUs: now, runUs: 0, requests: 0 };
    if (requests === 0) {
      this.#unbilledUs += balance;
      return;
    }
    const overhead = (now - cpuUs - runUs) / requests;
    const open = (CATCH_UP * balance) / requests;
    this.#overheadUs = Math.min(Math.max(0, overhead + open), MAX_FACTOR * overhead);
  }
}
