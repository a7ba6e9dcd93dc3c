import type { Clock } from "../base/index.ts";
import type { Session } from "../runtimes/index.ts";
import type { BatchQueue } from "./batch-queue.ts";
import type { Defer } from "./wake-timer.ts";

/** Takes the batches of one queue and runs them somewhere. */
export interface Runner {
  /** Something arrived. */
  wake(): void;
  /** Nothing waits, runs or arrives any more. */
  close(): void;
}

/** What every runner works with. */
export interface RunnerParts {
  readonly queue: BatchQueue;
  readonly session: Session;
  readonly clock: Clock;
  readonly defer: Defer;
}
