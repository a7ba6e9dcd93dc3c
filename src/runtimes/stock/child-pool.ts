import type { Clock } from "../../base/index.ts";
import { StockChild } from "./child.ts";

/** One order for any free child. Never throws or rejects. */
export interface ChildJob {
  /** False: there is nothing to do any more. */
  readonly isWanted: () => boolean;
  readonly run: (child: StockChild) => Promise<void>;
}

/** The children and the jobs that wait for one, oldest first. */
export class ChildPool {
  readonly children: readonly StockChild[];
  readonly #clock: Clock;
  readonly #free: StockChild[];
  readonly #waiting: ChildJob[] = [];

  constructor(size: number, clock: Clock, execArgv: string[]) {
    this.#clock = clock;
    this.children = Array.from({ length: size }, () => new StockChild(clock, execArgv));
    this.#free = [...this.children];
  }

  submit(job: ChildJob): void {
    this.#waiting.push(job);
    this.#next();
  }

  close(): void {
    for (const child of this.children) child.close();
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const child = this.#free.shift();
      if (!child) return;
      const job = this.#waiting.shift();
      if (!job?.isWanted()) this.#free.unshift(child);
      // `run` of a job never rejects.
      else void this.#run(child, job);
    }
  }

  async #run(child: StockChild, job: ChildJob): Promise<void> {
    await job.run(child);
    // After a crash the child rests, while the others go on.
    const { backOffMs } = child;
    if (backOffMs > 0) await new Promise<void>((resolve) => this.#clock.after(backOffMs, resolve));
    this.#free.push(child);
    this.#next();
  }
}
