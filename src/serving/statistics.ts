import type { DurationStat, Timing, VersionStatistics } from "../model/index.ts";
import type { BatchEvent } from "../scheduler/index.ts";

/** A counted sum of durations. */
class Sum {
  count = 0;
  us = 0;

  add(us: number, count = 1): void {
    this.count += count;
    this.us += us;
  }

  read(): DurationStat {
    return { count: this.count, ns: Math.round(this.us * 1000) };
  }
}

interface BatchSums {
  readonly input: Sum;
  readonly infer: Sum;
  readonly output: Sum;
}

/**
 * What one loaded version has done, cumulative since it was loaded.
 *
 * Source: Open Inference Protocol, statistics extension.
 */
export class Statistics {
  readonly #success = new Sum();
  readonly #fail = new Sum();
  readonly #queue = new Sum();
  readonly #batches = new Map<number, BatchSums>();
  #rows = 0;
  #lastMs = 0;

  answered(rows: number, timing: Timing, totalUs: number, wallMs: number): void {
    this.#success.add(totalUs);
    this.#queue.add(timing.queueUs);
    this.#rows += rows;
    this.#lastMs = wallMs;
  }

  failed(totalUs: number): void {
    this.#fail.add(totalUs);
  }

  batch(event: BatchEvent): void {
    if (event.failed) return;
    let sums = this.#batches.get(event.rows);
    if (!sums) {
      sums = { input: new Sum(), infer: new Sum(), output: new Sum() };
      this.#batches.set(event.rows, sums);
    }
    sums.input.add(event.inputUs);
    sums.infer.add(event.computeUs);
    sums.output.add(event.outputUs);
  }

  read(model: string, version: number, memoryBytes: number): VersionStatistics {
    const sums = [...this.#batches].toSorted(([a], [b]) => a - b);
    const total = (key: keyof BatchSums): DurationStat => {
      const all = new Sum();
      for (const [, batch] of sums) all.add(batch[key].us, batch[key].count);
      return all.read();
    };
    return {
      model,
      version,
      lastInferenceMs: Math.round(this.#lastMs),
      inferenceCount: this.#rows,
      executionCount: sums.reduce((count, [, batch]) => count + batch.infer.count, 0),
      success: this.#success.read(),
      fail: this.#fail.read(),
      queue: this.#queue.read(),
      computeInput: total("input"),
      computeInfer: total("infer"),
      computeOutput: total("output"),
      batches: sums.map(([rows, batch]) => ({
        rows,
        computeInput: batch.input.read(),
        computeInfer: batch.infer.read(),
        computeOutput: batch.output.read(),
      })),
      memoryBytes,
    };
  }
}
