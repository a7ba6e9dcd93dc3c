import type { BatchEvent } from "./batch-queue.ts";
import type { Defer } from "./wake-timer.ts";

/** How one version's requests are scheduled. */
export interface SchedulerOptions {
  /** "rows": requests are joined where the session allows it; "none": each runs alone and whole. */
  readonly mode: "rows" | "none";
  /** Why, for status pages; one short clause. */
  readonly reason?: string;
  /** Rows in one batch at the most; larger requests are split and joined again. */
  readonly maxRows: number;
  /** Microseconds a free lane lets the oldest request wait for company; 0 never waits. */
  readonly maxDelayUs: number;
  /** Batch sizes to stop at, ascending. */
  readonly preferredRows: readonly number[];
  /** Buckets that a free size is padded to; empty: no padding. See `Padding`. */
  readonly padTo: readonly number[];
  readonly maskInput?: string;
  /** Rows that may wait. */
  readonly maxQueueRows: number;
  /** Bytes of inputs that may wait. */
  readonly maxQueueBytes: number;
  /** Share of the lanes against other versions. */
  readonly weight: number;
  /** Runs of this version under way at once at the most. */
  readonly instances: number;
  /** Runs of at most `maxRows` rows are made on this thread; only where they take ≤ 0.2 ms. */
  readonly inline: boolean;
  /** Told of every run, after its requests are settled. Must not throw. */
  readonly onBatch?: (event: BatchEvent) => void;
  /** Calls back in a later turn of the event loop; default `setImmediate`. */
  readonly defer?: Defer;
}
