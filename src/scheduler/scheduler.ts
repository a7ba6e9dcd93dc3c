import { type Clock, type Deadline, PlatformError } from "../base/index.ts";
import type { BatchingStatus, RequestContext, Signature } from "../model/index.ts";
import type { Session } from "../runtimes/index.ts";
import type { Tensors } from "../tensor/index.ts";
import { checkAdmission } from "./admission.ts";
import { ALONE, type Depth } from "./batch-queue.ts";
import { cutRequest, joinAnswers } from "./chunks.ts";
import { slots } from "./decide.ts";
import { type Answer, Entry, type Work } from "./entry.ts";
import { whyNotJoined } from "./joinable.ts";
import type { LaneShare } from "./lane-share.ts";
import { Lines } from "./lines.ts";
import { Padding } from "./padding.ts";
import type { SchedulerOptions } from "./scheduler-options.ts";
import { createInputBytes, createShapeKey, type ShapeKey } from "./shape-key.ts";

/** What a request may say beside its data. */
export interface RequestOptions {
  /** 0 is the default; larger is served first, whatever waits. */
  readonly priority?: number;
  /** Outputs wanted; undefined or empty: all. */
  readonly outputs?: readonly string[];
  /** The request itself, for versions whose runs ask other models. */
  readonly context?: RequestContext | undefined;
}

/** Runs the requests of one loaded version in batches. */
export interface Scheduler {
  /** What requests must fit: the session's signature, in which the mask input may be missing. */
  readonly signature: Signature;
  readonly batching: BatchingStatus;
  /**
   * Computes `inputs`, which fit {@link signature} and have `rows` rows, in some batch. The caller
   * closes the deadline.
   *
   * @throws PlatformError the deadline's reason as soon as it ends; `resource_exhausted` or `too_large`
   *   at once, see {@link checkAdmission}; `unavailable` while draining; else what the run threw.
   */
  run(inputs: Tensors, rows: number, deadline: Deadline, options?: RequestOptions): Promise<Answer>;
  depth(): Depth;
  /** Refuses new requests, and resolves once nothing waits or runs any more. */
  drain(): Promise<void>;
}

/**
 * The scheduler of one loaded version. All schedulers of a runtime share its lanes.
 *
 * @throws RangeError for options that make no sense; PlatformError `failed_precondition` for padding
 *   that the signature does not allow, see {@link Padding}.
 */
export function createScheduler(
  session: Session,
  options: SchedulerOptions,
  lanes: LaneShare,
  clock: Clock,
): Scheduler {
  if (!(options.maxRows >= 1)) throw new RangeError(`maxRows ${options.maxRows}, expected at least 1`);
  if (!(options.instances >= 1)) throw new RangeError(`instances ${options.instances}, expected at least 1`);
  return new VersionScheduler(session, options, lanes, clock);
}

const NO_OPTIONS: RequestOptions = {};

class VersionScheduler implements Scheduler {
  readonly signature: Signature;
  readonly #options: SchedulerOptions;
  readonly #clock: Clock;
  readonly #lines: Lines;
  readonly #shapeKey: ShapeKey;
  readonly #inputBytes: (inputs: Tensors, rows: number) => number;
  readonly #padding: Padding | undefined;
  /** Undefined: requests are joined, unless the lines find out that they cannot be. */
  readonly #whyNotJoined: string | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(session: Session, options: SchedulerOptions, lanes: LaneShare, clock: Clock) {
    const { signature } = session;
    const { mode, reason = "as configured", padTo, maskInput } = options;
    this.#options = options;
    this.#clock = clock;
    this.#whyNotJoined = mode === "none" ? reason : whyNotJoined(session);
    const joins = this.#whyNotJoined === undefined;
    this.#padding = joins && padTo.length > 0 ? new Padding(signature, { padTo, maskInput }) : undefined;
    this.signature = this.#padding?.signature ?? signature;
    this.#shapeKey = createShapeKey(this.signature, joins);
    this.#inputBytes = createInputBytes(this.signature);
    const limits = joins ? options : ALONE;
    this.#lines = new Lines({ session, clock, limits, options, lanes, onIdle: () => this.#whenIdle() });
  }

  get batching(): BatchingStatus {
    const { maxRows, maxDelayUs, reason = "as configured" } = this.#options;
    const why = this.#whyNotJoined ?? this.#lines.unjoinable;
    return { mode: why === undefined ? "rows" : "none", maxRows, maxDelayUs, reason: why ?? reason };
  }

  /** Not async, so that a request costs one promise; it never throws synchronously all the same. */
  run(
    inputs: Tensors,
    rows: number,
    deadline: Deadline,
    options: RequestOptions = NO_OPTIONS,
  ): Promise<Answer> {
    try {
      deadline.check();
      if (this.#drained) throw draining();
      const outputs = options.outputs?.length ? options.outputs : undefined;
      const work = {
        inputs,
        rows,
        bytes: 0,
        priority: options.priority ?? 0,
        outputs,
        deadline,
        context: options.context,
      };
      return this.#padding ? this.#pad(work, this.#padding) : this.#admit(work);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  depth(): Depth {
    return this.#lines.depth();
  }

  async drain(): Promise<void> {
    this.#drained ??= Promise.withResolvers();
    this.#whenIdle();
    await this.#drained.promise;
  }

  async #pad(work: Work, padding: Padding): Promise<Answer> {
    this.#checkAdmission(work, this.#clock.now()); // So that a full queue does not cost the padding.
    const { inputs, cutBack } = padding.pad(work.inputs, work.rows);
    const { outputs, timing } = await this.#admit({ ...work, inputs });
    return { outputs: cutBack(outputs), timing };
  }

  #admit(work: Work): Promise<Answer> {
    const now = this.#clock.now();
    this.#checkAdmission(work, now);
    const key = this.#shapeKey(work.inputs, work.outputs);
    const isLarge = work.rows > this.#options.maxRows;
    if (isLarge && this.batching.mode === "rows") return this.#split(work, key, now);
    return new Promise((resolve, reject) => {
      this.#lines.add(new Entry(work, now, resolve, reject), key);
    });
  }

  /** Counts its bytes, and refuses it if there is no room. Who has priority does not wait for the queue. */
  #checkAdmission(work: Work, now: number): void {
    work.bytes = this.#inputBytes(work.inputs, work.rows);
    const leftMs = work.priority > 0 ? Number.POSITIVE_INFINITY : work.deadline.at - now;
    const candidate = { rows: slots(work), bytes: work.bytes, leftMs };
    checkAdmission(candidate, this.#lines, this.#options);
  }

  /** Runs a large request chunk by chunk. If one fails, or the deadline ends, none goes on. */
  async #split(work: Work, key: string, since: number): Promise<Answer> {
    const chunks = cutRequest(work.inputs, work.rows, this.#options.maxRows);
    const entries: Entry[] = [];
    const answers = chunks.map(({ inputs, rows }) => {
      const bytes = this.#inputBytes(inputs, rows);
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      entries.push(new Entry({ ...work, inputs, rows, bytes }, since, resolve, reject));
      return promise;
    });
    for (const entry of entries) this.#lines.add(entry, key);
    try {
      const chunkRows = chunks.map(({ rows }) => rows);
      return joinAnswers(await Promise.all(answers), chunkRows);
    } catch (error) {
      const reason = PlatformError.from(error);
      for (const entry of entries) entry.leave(reason);
      throw reason;
    }
  }

  #whenIdle(): void {
    if (!this.#drained || !this.#lines.idle) return;
    this.#lines.close();
    this.#drained.resolve();
  }
}

function draining(): PlatformError {
  return new PlatformError("unavailable", "version is draining", {
    hint: "Ask again for the current version.",
  });
}
