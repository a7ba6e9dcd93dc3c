import type { RunResult } from "../runtimes/index.ts";
import type { Batch } from "./batch.ts";
import type { Runner, RunnerParts } from "./runner.ts";
import { WakeTimer } from "./wake-timer.ts";

/** How long one turn may hold the event loop, but for the end of its last batch. */
const TURN_MS = 1;

export type RunInline = (batch: Batch) => RunResult;

/**
 * Runs a queue's batches on this thread: those of tiny models, which take less time than the way
 * to a lane. What arrives in one turn of the event loop runs together at its end; between turns
 * the loop gets to its other work.
 */
export class InlineRunner implements Runner {
  readonly #parts: RunnerParts;
  readonly #runInline: RunInline;
  readonly #timer: WakeTimer;
  #isDue = false;

  constructor(parts: RunnerParts, runInline: RunInline) {
    this.#parts = parts;
    this.#runInline = runInline;
    this.#timer = new WakeTimer(parts.clock, parts.defer, () => this.wake());
  }

  wake(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#parts.defer(this.#turn);
  }

  close(): void {
    this.#timer.clear();
  }

  readonly #turn = (): void => {
    this.#isDue = false;
    const { queue, clock } = this.#parts;
    const start = clock.now();
    let now = start;
    while (now - start < TURN_MS) {
      const batch = queue.take(now);
      if (!batch) {
        this.#timer.set(queue.waitUs);
        return;
      }
      now = this.#run(batch);
    }
    if (queue.hasWork) this.wake();
  };

  /** Runs and settles a batch; returns the time then. */
  #run(batch: Batch): number {
    const { queue, clock } = this.#parts;
    let result: RunResult;
    try {
      result = this.#runInline(batch);
    } catch (error) {
      const now = clock.now();
      queue.fail(batch, error, now);
      return now;
    }
    const now = clock.now();
    queue.succeed(batch, result, now);
    return now;
  }
}
