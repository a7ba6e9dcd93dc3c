import type { PlatformError } from "../base/index.ts";
import type { LoadTestProgress, LoadTestReport, Timing } from "../model/index.ts";
import type { BatchEvent } from "../scheduler/index.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import type { VersionMeter } from "./observed.ts";

/** What is counted of a test; the rest of its report is known before. */
export type LoadTestFigures = Omit<
  LoadTestReport,
  "model" | "version" | "concurrency" | "settings" | "inline"
>;

/** Counts what one copy of a version does under load; it takes the place of the series of a version in service. */
export class LoadTestTally implements VersionMeter {
  readonly #latencies = new LatencyHistogram();
  /** Of the requests since {@link progress} was asked for. */
  #recent = new LatencyHistogram();
  #recentCount = 0;
  #recentFromMs = 0;
  readonly #failures = new Map<string, number>();
  readonly #batches = new Map<number, number>();
  readonly #sums = { succeeded: 0, rows: 0, queueUs: 0, computeUs: 0, cpuUs: 0 };

  answered(totalUs: number, { queueUs, computeUs, cpuUs }: Timing, rows: number): void {
    const sums = this.#sums;
    sums.succeeded += 1;
    sums.rows += rows;
    sums.queueUs += queueUs;
    sums.computeUs += computeUs;
    sums.cpuUs += cpuUs;
    this.#recentCount += 1;
    this.#latencies.add(totalUs / 1000);
    this.#recent.add(totalUs / 1000);
  }

  failed({ code }: PlatformError): void {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
  }

  batch({ rows, failed }: BatchEvent): void {
    if (!failed) this.#batches.set(rows, (this.#batches.get(rows) ?? 0) + 1);
  }

  watch(): void {}

  close(): void {}

  /** What happened until now, `elapsedMs` after the start. */
  progress(elapsedMs: number): LoadTestProgress {
    const seconds = (elapsedMs - this.#recentFromMs) / 1000;
    const progress = {
      ...this.#ended(),
      elapsedMs,
      requestsPerSecond: perSecond(this.#recentCount, seconds),
      p50Ms: this.#recent.quantileMs(0.5),
      p99Ms: this.#recent.quantileMs(0.99),
    };
    this.#recent = new LatencyHistogram();
    this.#recentCount = 0;
    this.#recentFromMs = elapsedMs;
    return progress;
  }

  /** Everything, of a test that took `seconds`. */
  figures(seconds: number): LoadTestFigures {
    const { succeeded, rows, queueUs, computeUs, cpuUs } = this.#sums;
    const mean = (sum: number) => (succeeded > 0 ? sum / succeeded : null);
    return {
      seconds,
      ...this.#ended(),
      failureReasons: [...this.#failures]
        .map(([code, count]) => ({ code, count }))
        .toSorted((a, b) => b.count - a.count),
      requestsPerSecond: perSecond(succeeded, seconds),
      rowsPerSecond: perSecond(rows, seconds),
      p50Ms: this.#latencies.quantileMs(0.5),
      p90Ms: this.#latencies.quantileMs(0.9),
      p99Ms: this.#latencies.quantileMs(0.99),
      maxMs: this.#latencies.maxMs,
      latencyHistogram: this.#latencies.shown(),
      batchRows: [...this.#batches]
        .map(([size, count]) => ({ rows: size, count }))
        .toSorted((a, b) => a.rows - b.rows),
      queueMs: mean(queueUs / 1000),
      computeMs: mean(computeUs / 1000),
      cpuUsPerRequest: mean(cpuUs),
      cpus: perSecond(cpuUs / 1e6, seconds),
    };
  }

  #ended(): { readonly requests: number; readonly failures: number } {
    const failures = [...this.#failures.values()].reduce((sum, count) => sum + count, 0);
    return { requests: this.#sums.succeeded + failures, failures };
  }
}

const perSecond = (count: number, seconds: number) => (seconds > 0 ? count / seconds : 0);
