import type { Run, RunOptions } from "../runtimes/index.ts";
import type { Tensors } from "../tensor/index.ts";
import type { Entry, Holder } from "./entry.ts";

/**
 * Requests that run together. Its run is stopped once nobody waits for it any more; while somebody
 * does, those who left have their rows computed for nothing.
 */
export class Batch implements Holder {
  readonly entries: readonly Entry[];
  readonly rows: number;
  /** Clock time at which its run started, in milliseconds. */
  readonly startedAt: number;
  /** Its run took far too long and was stopped: one of its requests may be the reason. */
  isOverlong = false;
  #live: number;
  #run: Run | undefined;

  constructor(entries: readonly Entry[], startedAt: number) {
    this.entries = entries;
    this.startedAt = startedAt;
    this.#live = entries.length;
    let rows = 0;
    for (const entry of entries) {
      entry.holder = this;
      rows += entry.rows;
    }
    for (const entry of entries) if (rows > entry.batchRows) entry.batchRows = rows;
    this.rows = rows;
  }

  /** The inputs to join, in order. */
  get parts(): Tensors[] {
    return this.entries.map((entry) => entry.work.inputs);
  }

  /** Its entries have one shape key, so they want the same outputs; who asks counts only where it is one alone. */
  get options(): RunOptions {
    const { outputs, context } = this.entries[0]?.work ?? {};
    const isAlone = this.entries.length === 1;
    return { outputs, context: isAlone ? context : undefined, deadlineAt: lastDeadline(this.entries) };
  }

  /** Its run is under way; it may have lost its last request already. */
  watch(run: Run): void {
    this.#run = run;
    if (this.#live === 0) run.terminate();
  }

  /** Stops its run, which took far too long, so that its requests are tried apart. */
  stop(): void {
    this.isOverlong = true;
    this.#run?.terminate();
  }

  /** Entries that still want an answer. */
  live(): Entry[] {
    return this.entries.filter((entry) => !entry.settled);
  }

  /** Its run is over, so leaving it stops nothing any more. */
  end(): void {
    this.#run = undefined;
  }

  left(): void {
    this.#live -= 1;
    if (this.#live === 0) this.#run?.terminate();
  }
}

/** Clock time from which nobody waits any more; without arrays between, since this is done for every batch. */
function lastDeadline(entries: readonly Entry[]): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const { work } of entries) if (work.deadline.at > last) last = work.deadline.at;
  return last;
}
