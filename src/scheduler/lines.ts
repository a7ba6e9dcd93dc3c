import type { Clock } from "../base/index.ts";
import type { Session } from "../runtimes/index.ts";
import type { Backlog } from "./admission.ts";
import type { Batch } from "./batch.ts";
import { BatchQueue, type Depth } from "./batch-queue.ts";
import { type BatchLimits, slots } from "./decide.ts";
import type { Entry } from "./entry.ts";
import { InlineRunner, type RunInline } from "./inline-runner.ts";
import { LaneRunner } from "./lane-runner.ts";
import type { LaneShare } from "./lane-share.ts";
import type { Runner } from "./runner.ts";
import type { SchedulerOptions } from "./scheduler-options.ts";

/** A queue and what empties it. */
interface Line {
  readonly queue: BatchQueue;
  readonly runner: Runner;
}

export interface LinesParts {
  readonly session: Session;
  readonly clock: Clock;
  readonly limits: BatchLimits;
  readonly options: SchedulerOptions;
  readonly lanes: LaneShare;
  readonly onIdle: () => void;
}

/** Bytes per row up to which text runs inline: that is what a category or a short message takes, and a profile's sample. */
const INLINE_TEXT_BYTES = 1024;

/**
 * Where the requests of one version queue: before its lanes; and, if it runs inline, those that are
 * small enough for that before the main thread. Together they are its backlog.
 */
export class Lines implements Backlog {
  readonly #lanes: Line;
  readonly #inline: Line | undefined;
  readonly #maxInlineRows: number;
  readonly #maxInlineRowBytes: number;
  readonly #parallel: number;

  /** @throws RangeError if it is to run inline and the session cannot. */
  constructor(parts: LinesParts) {
    const { session, options, lanes } = parts;
    const { weight, instances, maxRows } = options;
    const laneParts = runnerParts(parts);
    const demand = { lanes, weight, instances };
    this.#lanes = { queue: laneParts.queue, runner: new LaneRunner(laneParts, demand) };
    this.#parallel = options.inline ? 1 : Math.min(instances, lanes.concurrency);
    this.#maxInlineRows = maxRows;
    this.#maxInlineRowBytes = hasText(session) ? INLINE_TEXT_BYTES : Number.POSITIVE_INFINITY;
    if (!options.inline) return;
    const inlineParts = runnerParts(parts);
    const runner = new InlineRunner(inlineParts, runInlineOf(session));
    this.#inline = { queue: inlineParts.queue, runner };
  }

  add(entry: Entry, key: string): void {
    const line = this.#inline && this.#isQuick(entry) ? this.#inline : this.#lanes;
    line.queue.add(entry, key);
    line.runner.wake();
  }

  #isQuick({ rows, work }: Entry): boolean {
    return rows <= this.#maxInlineRows && work.bytes <= slots(work) * this.#maxInlineRowBytes;
  }

  get rows(): number {
    return this.#lanes.queue.rows + (this.#inline?.queue.rows ?? 0);
  }

  get bytes(): number {
    return this.#lanes.queue.bytes + (this.#inline?.queue.bytes ?? 0);
  }

  get idle(): boolean {
    return this.#lanes.queue.idle && (this.#inline?.queue.idle ?? true);
  }

  get unjoinable(): string | undefined {
    return this.#lanes.queue.unjoinable ?? this.#inline?.queue.unjoinable;
  }

  depth(): Depth {
    const lanes = this.#lanes.queue.depth();
    if (!this.#inline) return lanes;
    const inline = this.#inline.queue.depth();
    return {
      requests: lanes.requests + inline.requests,
      rows: lanes.rows + inline.rows,
      bytes: lanes.bytes + inline.bytes,
      running: lanes.running + inline.running,
    };
  }

  waitMs(): number | undefined {
    const { queue } = this.#inline ?? this.#lanes;
    if (queue.recentBatchMs === 0) return undefined;
    const { requests, rows } = queue.depth();
    const batches = Math.min(requests, Math.ceil(rows / queue.limits.maxRows));
    return (batches * queue.recentBatchMs) / this.#parallel;
  }

  close(): void {
    this.#lanes.runner.close();
    this.#inline?.runner.close();
  }
}

function hasText({ signature }: Session): boolean {
  return signature.inputs.some((spec) => spec.dtype === "BYTES");
}

function runnerParts({ session, clock, limits, options, onIdle }: LinesParts) {
  const queue = new BatchQueue(limits, options.onBatch);
  queue.onIdle = onIdle;
  return { queue, session, clock, defer: options.defer ?? setImmediate };
}

function runInlineOf(session: Session): RunInline {
  const { runInline } = session;
  if (!runInline) throw new RangeError("inline is asked for, but this engine cannot run on the main thread");
  return (batch: Batch) => runInline.call(session, batch.parts, batch.options);
}
