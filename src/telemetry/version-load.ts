import type { VersionReading } from "./version-reading.ts";

/** What one version did in an interval; null where nothing ended that could tell. */
export interface VersionLoad {
  readonly model: string;
  readonly version: number;
  readonly requestsPerSecond: number;
  /** Requests that did not succeed, per second. */
  readonly failuresPerSecond: number;
  /** Milliseconds, interpolated within the histogram's buckets. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Averages of the requests that succeeded. */
  readonly queueMs: number | null;
  readonly computeMs: number | null;
  readonly rowsPerSecond: number;
  readonly rowsPerRun: number | null;
  /** CPU time of one request's share of the runs, in microseconds. */
  readonly costUs: number | null;
  /** CPUs that the runs kept busy. */
  readonly cpus: number;
  readonly inFlight: number;
  readonly waitingRows: number;
  readonly memoryBytes: number;
}

/** What a version did between two readings, `seconds` apart; `before` undefined: its series are new. */
export function loadBetween(
  before: VersionReading | undefined,
  after: VersionReading,
  seconds: number,
): VersionLoad {
  // Counters below their earlier values began anew: the version was loaded again.
  const from = before && before.requests <= after.requests && before.runs <= after.runs ? before : undefined;
  const grown = (read: (one: VersionReading) => number) => read(after) - (from ? read(from) : 0);
  const requests = grown((one) => one.requests);
  const failures = grown((one) => one.failures);
  const runs = grown((one) => one.runs);
  const cpuS = grown((one) => one.cpuS);
  const mean = (sum: number, count: number) => (count > 0 ? sum / count : null);
  const counts = after.durationCounts.map((count, i) => count - (from?.durationCounts[i] ?? 0));
  const succeeded = requests - failures;
  return {
    model: after.model,
    version: after.version,
    requestsPerSecond: requests / seconds,
    failuresPerSecond: failures / seconds,
    p50Ms: milliseconds(countedQuantile(counts, after.boundsS, 0.5)),
    p99Ms: milliseconds(countedQuantile(counts, after.boundsS, 0.99)),
    queueMs: milliseconds(
      mean(
        grown((one) => one.queueS),
        succeeded,
      ),
    ),
    computeMs: milliseconds(
      mean(
        grown((one) => one.computeS),
        succeeded,
      ),
    ),
    rowsPerSecond: grown((one) => one.rows) / seconds,
    rowsPerRun: mean(
      grown((one) => one.rowsInRuns),
      runs,
    ),
    costUs: mean(cpuS * 1e6, requests),
    cpus: cpuS / seconds,
    inFlight: after.inFlight,
    waitingRows: after.waitingRows,
    memoryBytes: after.memoryBytes,
  };
}

const milliseconds = (seconds: number | null) => (seconds === null ? null : seconds * 1000);

/**
 * The value below which `share` of the counted values lie, taking them as evenly spread within their bucket; the last
 * bound for those above it; null for none. `counts` has one entry more than the ascending `bounds`.
 *
 * Source: Prometheus, `histogram_quantile`.
 */
export function countedQuantile(
  counts: readonly number[],
  bounds: readonly number[],
  share: number,
): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return null;
  let left = share * total;
  for (const [i, count] of counts.entries()) {
    const low = bounds[i - 1] ?? 0;
    const high = bounds[i];
    if (high === undefined) return low;
    if (count >= left && count > 0) return low + ((high - low) * left) / count;
    left -= count;
  }
  return null;
}
