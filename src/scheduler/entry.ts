import type { Deadline, PlatformError } from "../base/index.ts";
import type { RequestContext, Timing } from "../model/index.ts";
import type { Tensors } from "../tensor/index.ts";
import type { ShapeQueue } from "./shape-queue.ts";

/** What came of one request. */
export interface Answer {
  readonly outputs: Tensors;
  readonly timing: Timing;
}

/** The data of one request, or of one chunk of a large one. */
export interface Work {
  readonly inputs: Tensors;
  readonly rows: number;
  /** Bytes of the inputs; set when it is admitted. */
  bytes: number;
  readonly priority: number;
  /** Outputs wanted; undefined: all. */
  readonly outputs: readonly string[] | undefined;
  readonly deadline: Deadline;
  /** The request itself, where its run asks other models. */
  readonly context?: RequestContext | undefined;
}

/** Whoever has an entry at the moment: the queue, or the batch it is part of. */
export interface Holder {
  /** The entry is over before its answer came. */
  left(entry: Entry): void;
}

/**
 * One piece of work from arrival to answer: a node of its {@link ShapeQueue} while it waits, a part
 * of a batch later. It is settled exactly once; its deadline's listener is gone from then on.
 */
export class Entry {
  readonly work: Work;
  readonly rows: number;
  readonly since: number;
  next: Entry | undefined;
  previous: Entry | undefined;
  shape: ShapeQueue | undefined;
  holder: Holder | undefined;
  /** Rows of the largest batch it was part of. */
  batchRows = 0;
  settled = false;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (reason: unknown) => void;
  #forget: (() => void) | undefined;

  constructor(
    work: Work,
    since: number,
    resolve: (answer: Answer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.work = work;
    this.rows = work.rows;
    this.since = since;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Leaves its holder at once when the deadline ends. Called once, when it has a holder. */
  watch(): void {
    this.#forget = this.work.deadline.onEnd((reason) => this.leave(reason));
  }

  /** Ends it before its answer: takes it out of where it is, and fails it with `reason`. */
  leave(reason: PlatformError): void {
    if (this.settled) return;
    const { holder } = this;
    this.fail(reason);
    holder?.left(this);
  }

  answer(outputs: Tensors, timing: Timing): void {
    if (this.#settle()) this.#resolve({ outputs, timing });
  }

  fail(reason: unknown): void {
    if (this.#settle()) this.#reject(reason);
  }

  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.holder = undefined;
    this.#forget?.();
    this.#forget = undefined;
    return true;
  }
}
