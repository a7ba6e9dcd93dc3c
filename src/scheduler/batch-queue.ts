import { PlatformError } from "../base/index.ts";
import type { RunResult } from "../runtimes/index.ts";
import { answerBatch, unjoinableOutput } from "./answer-batch.ts";
import { Batch } from "./batch.ts";
import { type BatchLimits, decide, slots } from "./decide.ts";
import type { Entry, Holder } from "./entry.ts";
import { ShapeQueue } from "./shape-queue.ts";

/** What one run was, for statistics and metrics; reported once its requests are settled. */
export interface BatchEvent {
  readonly rows: number;
  /** Of the run, in microseconds; 0 if it failed, since engines do not tell then. */
  readonly inputUs: number;
  readonly computeUs: number;
  readonly outputUs: number;
  readonly cpuUs: number;
  /** Part of it that other processes used. */
  readonly elsewhereUs: number;
  readonly failed: boolean;
}

/** What waits and what runs of one version. */
export interface Depth {
  /** Waiting requests; a chunk of a large one counts as one. */
  readonly requests: number;
  readonly rows: number;
  /** Bytes of the waiting requests' inputs. */
  readonly bytes: number;
  /** Batches that were taken from the queue and are not settled: under way, or bisected and about to run again. */
  readonly running: number;
}

/** Limits under which every request runs alone, at once. */
export const ALONE: BatchLimits = { maxRows: 1, maxDelayUs: 0, preferredRows: [] };

/** Weight of the newest batch in the moving average. */
const RECENT_WEIGHT = 0.2;

/** Errors of the model itself: with several requests in the batch, one of them may be the reason. */
const BLAMES_INPUTS: ReadonlySet<string> = new Set(["invalid_argument", "internal"]);

/**
 * The waiting requests of one version: one {@link ShapeQueue} per shape key, and over them the rule
 * who is next (higher priority, then the shape whose turn is oldest, so that none starves). Forms
 * batches, settles them, and bisects failed ones. Knows neither lanes nor timers.
 */
export class BatchQueue implements Holder {
  limits: BatchLimits;
  /** After {@link take} gave nothing: microseconds until it may, Infinity until something arrives. */
  waitUs = Number.POSITIVE_INFINITY;
  /** Moving average of how long a batch that did not fail took, in milliseconds; 0 before the first. */
  recentBatchMs = 0;
  /** Why its requests cannot be joined although the version was thought to allow it; found by a batch. */
  unjoinable: string | undefined;
  /** Called whenever nothing waits or runs any more. */
  onIdle: (() => void) | undefined;
  readonly #onBatch: ((event: BatchEvent) => void) | undefined;
  /** Shapes with waiting requests, in no order. */
  readonly #shapes: ShapeQueue[] = [];
  readonly #byKey = new Map<string, ShapeQueue>();
  /** Parts of batches that run again, before anything else. */
  readonly #retries: (readonly Entry[])[] = [];
  #requests = 0;
  #rows = 0;
  #bytes = 0;
  #running = 0;

  constructor(limits: BatchLimits, onBatch?: (event: BatchEvent) => void) {
    this.limits = limits;
    this.#onBatch = onBatch;
  }

  /** Waiting rows; a request without rows counts as one. */
  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  depth(): Depth {
    return { requests: this.#requests, rows: this.#rows, bytes: this.#bytes, running: this.#running };
  }

  /** Whether nothing waits or runs. */
  get idle(): boolean {
    return this.#requests === 0 && this.#running === 0;
  }

  /** Whether {@link take} may give a batch, now or later, without further arrivals. */
  get hasWork(): boolean {
    return this.#requests > 0 || this.#retries.length > 0;
  }

  add(entry: Entry, key: string): void {
    this.#shapeOf(key).add(entry);
    entry.holder = this;
    this.#requests += 1;
    this.#rows += slots(entry);
    this.#bytes += entry.work.bytes;
    entry.watch();
  }

  /** An entry left while it waited. */
  left(entry: Entry): void {
    this.#remove(entry);
    if (entry.shape) this.#unlink(entry.shape, entry);
    if (this.idle) this.onIdle?.();
  }

  /** The batch that a free lane should run now; undefined to wait, see {@link waitUs}. */
  take(now: number): Batch | undefined {
    this.waitUs = Number.POSITIVE_INFINITY;
    const batch = this.#takeRetry(now) ?? this.#takeWaiting(now);
    if (!batch && this.idle) this.onIdle?.();
    return batch;
  }

  /**
   * The batch ran: answers its requests. If an output does not have their rows on axis 0, they cannot
   * be told apart: they run again one by one, and nothing is joined any more.
   */
  succeed(batch: Batch, result: RunResult, now: number): void {
    batch.end();
    this.unjoinable ??= unjoinableOutput(batch, result);
    if (batch.entries.length === 1 || this.unjoinable === undefined) {
      answerBatch(batch, result);
    } else {
      this.limits = ALONE;
      for (const entry of batch.live()) this.#runAgain([entry]);
    }
    this.#ended(batch, now, result);
  }

  /**
   * The batch failed, or was stopped because it took far too long. If one of several requests may be
   * the reason, both halves run again without the others, so that after log₂ steps only those fail
   * that fail alone. The CPU time of failed runs is not known here: it is charged to nobody, and an
   * answer bears only the run it came from.
   */
  fail(batch: Batch, thrown: unknown, now: number): void {
    batch.end();
    const error = PlatformError.from(thrown);
    const live = batch.live();
    // Even one that is left alone by now may have failed for one that has gone.
    const isSuspect = batch.isOverlong || BLAMES_INPUTS.has(error.code);
    if (batch.entries.length > 1 && isSuspect) {
      this.#runAgain(live.slice(0, live.length >> 1));
      this.#runAgain(live.slice(live.length >> 1));
    } else {
      for (const entry of live) entry.fail(error);
    }
    this.#ended(batch, now);
  }

  #runAgain(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    this.#retries.push(entries);
    this.#running += 1;
  }

  #ended(batch: Batch, now: number, result?: RunResult): void {
    this.#running -= 1;
    if (result) this.#measure(now - batch.startedAt);
    if (this.#onBatch) this.#onBatch(describe(batch, result));
    if (this.idle) this.onIdle?.();
  }

  #measure(tookMs: number): void {
    const weight = this.recentBatchMs === 0 ? 1 : RECENT_WEIGHT;
    this.recentBatchMs += (tookMs - this.recentBatchMs) * weight;
  }

  #takeRetry(now: number): Batch | undefined {
    for (let half = this.#retries.shift(); half; half = this.#retries.shift()) {
      const live = half.filter((entry) => !entry.settled);
      if (live.length > 0) return new Batch(live, now);
      this.#running -= 1;
    }
    return undefined;
  }

  #takeWaiting(now: number): Batch | undefined {
    let next: ShapeQueue | undefined;
    let count = 0;
    for (const shape of this.#shapes) {
      if (!shape.first || (next && !isBefore(shape.first, next.first))) continue;
      const decision = decide(shape.first, this.limits, now);
      if (decision.kind === "run") {
        next = shape;
        count = decision.count;
      } else if (decision.us < this.waitUs) {
        this.waitUs = decision.us;
      }
    }
    return next && this.#form(next, count, now);
  }

  #form(shape: ShapeQueue, count: number, now: number): Batch {
    const entries: Entry[] = [];
    for (let entry = shape.first; entry && entries.length < count; entry = shape.first) {
      this.#remove(entry);
      this.#unlink(shape, entry);
      entries.push(entry);
    }
    this.#running += 1;
    return new Batch(entries, now);
  }

  #remove(entry: Entry): void {
    this.#requests -= 1;
    this.#rows -= slots(entry);
    this.#bytes -= entry.work.bytes;
  }

  #shapeOf(key: string): ShapeQueue {
    let shape = this.#byKey.get(key);
    if (!shape) {
      shape = new ShapeQueue(key);
      this.#byKey.set(key, shape);
      this.#shapes.push(shape);
    }
    return shape;
  }

  /** Shapes are forgotten with their last request, all but the one that most requests have. */
  #unlink(shape: ShapeQueue, entry: Entry): void {
    shape.remove(entry);
    if (shape.first || shape.key === "") return;
    this.#byKey.delete(shape.key);
    this.#shapes.splice(this.#shapes.indexOf(shape), 1);
  }
}

function isBefore(a: Entry, b: Entry | undefined): boolean {
  if (!b) return true;
  if (a.work.priority !== b.work.priority) return a.work.priority > b.work.priority;
  return a.since < b.since;
}

function describe(batch: Batch, result: RunResult | undefined): BatchEvent {
  return {
    rows: batch.rows,
    inputUs: result?.inputUs ?? 0,
    computeUs: result?.computeUs ?? 0,
    outputUs: result?.outputUs ?? 0,
    cpuUs: result?.cpuUs ?? 0,
    elsewhereUs: result?.elsewhereUs ?? 0,
    failed: result === undefined,
  };
}
