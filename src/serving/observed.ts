import type { Clock, PlatformError } from "../base/index.ts";
import type { Timing } from "../model/index.ts";
import type { BatchEvent, Scheduler } from "../scheduler/index.ts";
import { Statistics } from "./statistics.ts";

/** Instruments of one version, for whoever watches the server. Times in microseconds. */
export interface VersionMeter {
  answered(totalUs: number, timing: Timing, rows: number): void;
  failed(error: PlatformError, totalUs: number): void;
  batch(event: BatchEvent): void;
  /** Tells how to read what changes by itself: called at each scrape. */
  watch(
    read: () => { inFlight: number; waitingRows: number; waitingBytes: number; memoryBytes: number },
  ): void;
  /** The version is gone: its series end. */
  close(): void;
}

/**
 * Counts and times what one version does: the only place that does. One per loaded version;
 * requests for models that are not here are told to the data plane's `onUnmatched`.
 */
export class VersionObserver {
  readonly statistics = new Statistics();
  readonly #meter: VersionMeter;
  readonly #clock: Clock;
  #inFlight = 0;

  constructor(meter: VersionMeter, clock: Clock) {
    this.#meter = meter;
    this.#clock = clock;
  }

  /** Clock time at which a request came, for {@link answered} or {@link failed}: one of them follows. */
  start(): number {
    this.#inFlight += 1;
    return this.#clock.now();
  }

  answered(startMs: number, rows: number, timing: Timing): void {
    this.#inFlight -= 1;
    const now = this.#clock.now();
    const totalUs = (now - startMs) * 1000;
    this.statistics.answered(rows, timing, totalUs, performance.timeOrigin + now);
    this.#meter.answered(totalUs, timing, rows);
  }

  failed(startMs: number, error: PlatformError): void {
    this.#inFlight -= 1;
    const totalUs = (this.#clock.now() - startMs) * 1000;
    this.statistics.failed(totalUs);
    this.#meter.failed(error, totalUs);
  }

  batch(event: BatchEvent): void {
    this.statistics.batch(event);
    this.#meter.batch(event);
  }

  watch(scheduler: Scheduler, session: { readonly memoryBytes: number }): void {
    this.#meter.watch(() => {
      const { rows, bytes } = scheduler.depth();
      return {
        inFlight: this.#inFlight,
        waitingRows: rows,
        waitingBytes: bytes,
        memoryBytes: session.memoryBytes,
      };
    });
  }

  close(): void {
    this.#meter.close();
  }
}
