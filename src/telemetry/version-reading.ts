import type { Catalogue } from "./catalogue.ts";
import type { Histogram, Series } from "./series.ts";

/** What was counted of one version since its series began. */
export interface VersionReading {
  readonly model: string;
  readonly version: number;
  /** Predictions that ended, and those of them that did not succeed. */
  readonly requests: number;
  readonly failures: number;
  /** Predictions by how long they took: per bucket of `boundsS`, the last one without a bound. */
  readonly durationCounts: readonly number[];
  /** Upper bounds in seconds, ascending. */
  readonly boundsS: readonly number[];
  /** Sums over the predictions that succeeded, in seconds. */
  readonly queueS: number;
  readonly computeS: number;
  readonly rows: number;
  readonly runs: number;
  readonly rowsInRuns: number;
  /** CPU time of the runs, in seconds. */
  readonly cpuS: number;
  readonly inFlight: number;
  readonly waitingRows: number;
  readonly memoryBytes: number;
}

/** A reading of every version that has series. O(series). */
export function readVersions(all: Catalogue): VersionReading[] {
  const counts = requestCounts(all);
  const readings: VersionReading[] = [];
  for (const { values, series: duration } of all.duration.entries()) {
    const [model = "", version = ""] = values;
    const { requests, failures } = counts.get(keyOf(model, version)) ?? NONE;
    const batches = all.batchRows.of(model, version);
    readings.push({
      model,
      version: Number(version),
      requests,
      failures,
      durationCounts: [...duration.counts],
      boundsS: duration.bounds,
      queueS: all.queue.of(model, version).sum,
      computeS: all.compute.of(model, version).sum,
      rows: all.rows.of(model, version).value,
      runs: countOf(batches),
      rowsInRuns: batches.sum,
      cpuS: all.cpu.of(model, version).value,
      inFlight: all.inFlight.of(model, version).value,
      waitingRows: all.queueRows.of(model, version).value,
      memoryBytes: all.memory.of(model, version).value,
    });
  }
  return readings;
}

const NONE = { requests: 0, failures: 0 };

const keyOf = (model: string, version: string) => `${model}/${version}`;

const countOf = ({ counts }: Histogram) => counts.reduce((sum, count) => sum + count, 0);

/** Requests have a series for each code. */
function requestCounts(all: Catalogue): Map<string, { requests: number; failures: number }> {
  const counts = new Map<string, { requests: number; failures: number }>();
  for (const { values, series } of all.requests.entries()) {
    const [model = "", version = "", code] = values;
    const key = keyOf(model, version);
    const count = counts.get(key) ?? { requests: 0, failures: 0 };
    count.requests += valueOf(series);
    if (code !== "ok") count.failures += valueOf(series);
    counts.set(key, count);
  }
  return counts;
}

const valueOf = (series: Series) => ("value" in series ? series.value : 0);
