import type { RunResult } from "../runtimes/index.ts";
import type { Batch } from "./batch.ts";
import type { LaneClaim, LaneShare } from "./lane-share.ts";
import type { Runner, RunnerParts } from "./runner.ts";
import { WakeTimer } from "./wake-timer.ts";

/** What a version may take of the lanes. */
export interface LaneDemand {
  readonly lanes: LaneShare;
  readonly weight: number;
  /** Runs under way at once at the most. */
  readonly instances: number;
}

/** How long a batch may take before its requests are tried apart: so many times the recent average, and no less than this. */
const LIMIT_FACTOR = 20;
const LEAST_LIMIT_MS = 1000;

/** Runs a queue's batches in lanes. A batch is formed when a lane is free for it, never before. */
export class LaneRunner implements Runner {
  readonly #parts: RunnerParts;
  readonly #claim: LaneClaim;
  readonly #instances: number;
  readonly #timer: WakeTimer;
  #running = 0;
  #isDue = false;

  constructor(parts: RunnerParts, { lanes, weight, instances }: LaneDemand) {
    this.#parts = parts;
    this.#instances = instances;
    this.#claim = lanes.join(weight, (now) => this.#start(now));
    this.#timer = new WakeTimer(parts.clock, parts.defer, () => this.#ask());
  }

  /** Asks for a lane at the end of this turn of the event loop: what arrives in one turn runs together. */
  wake(): void {
    if (this.#isDue || this.#claim.isWaiting || this.#running >= this.#instances) return;
    this.#isDue = true;
    this.#parts.defer(this.#turn);
  }

  close(): void {
    this.#timer.clear();
    this.#claim.leave();
  }

  readonly #turn = (): void => {
    this.#isDue = false;
    this.#ask();
  };

  #ask(): void {
    if (this.#running < this.#instances && this.#parts.queue.hasWork) this.#claim.request();
  }

  /** A lane is ours: takes what gathered until now, and asks for another lane if more is left. */
  #start(now: number): boolean {
    const { queue } = this.#parts;
    const batch = queue.take(now);
    this.#timer.set(batch ? Number.POSITIVE_INFINITY : queue.waitUs);
    if (!batch) return false;
    this.#running += 1;
    void this.#run(batch); // Settles the batch and never rejects.
    this.#ask();
    return true;
  }

  async #run(batch: Batch): Promise<void> {
    const cancelStop = this.#stopLater(batch);
    try {
      const run = this.#parts.session.start(batch.parts, batch.options);
      batch.watch(run);
      const result = await run.done;
      cancelStop?.();
      this.#succeeded(batch, result);
    } catch (error) {
      cancelStop?.();
      this.#failed(batch, error);
    }
  }

  /**
   * Stops a batch of several requests that takes far longer than recent ones did: one of them may
   * never end, and must not keep the others until their deadlines. A request that is alone has
   * the time that its deadline gives it.
   */
  #stopLater(batch: Batch): (() => void) | undefined {
    const { queue, clock } = this.#parts;
    if (batch.entries.length === 1 || queue.recentBatchMs === 0) return undefined;
    const limitMs = Math.max(LEAST_LIMIT_MS, queue.recentBatchMs * LIMIT_FACTOR);
    return clock.after(limitMs, () => batch.stop());
  }

  /** The lane goes on first: its next batch starts while this one's answers are made. */
  #succeeded(batch: Batch, result: RunResult): void {
    this.#release(batch);
    this.#parts.queue.succeed(batch, result, this.#parts.clock.now());
    this.#ask();
  }

  /** The halves are queued first, so that they are what the lane runs next. */
  #failed(batch: Batch, error: unknown): void {
    this.#parts.queue.fail(batch, error, this.#parts.clock.now());
    this.#release(batch);
  }

  /** Asks before it gives back, so that this version takes part in the choice of who is next. */
  #release(batch: Batch): void {
    this.#running -= 1;
    this.#ask();
    this.#claim.release(batch.startedAt);
  }
}
