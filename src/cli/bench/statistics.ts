/** Latencies of one window or of several, in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** One measuring window: requests that ended within it. */
export interface Window {
  readonly seconds: number;
  readonly latencies: Float64Array;
  readonly errors: number;
}

/**
 * The smallest value that at least `percent` % of the values do not exceed (nearest rank);
 * NaN for none. `sorted` is ascending.
 */
export function percentile(sorted: Float64Array, percent: number): number {
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

/** Count, mean and percentiles of latencies in any order. */
export function summarize(latencies: Float64Array): LatencySummary {
  const sorted = latencies.toSorted();
  return {
    count: sorted.length,
    mean: sorted.length === 0 ? Number.NaN : sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    p50: percentile(sorted, 50),
    p90: percentile(sorted, 90),
    p95: percentile(sorted, 95),
    p99: percentile(sorted, 99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/** Windows that must agree before a measurement counts as stable. */
export const STABLE_WINDOWS = 3;

/**
 * Whether the last three windows agree: throughput and mean latency of each lie within
 * `tolerance` (0.1 for 10 %) of their means.
 *
 * Source: Triton's perf_analyzer, "Stabilization".
 */
export function isStable(windows: readonly Window[], tolerance: number): boolean {
  const last = windows.slice(-STABLE_WINDOWS);
  if (last.length < STABLE_WINDOWS || last.some(({ latencies }) => latencies.length === 0)) return false;
  const throughputs = last.map(({ latencies, seconds }) => latencies.length / seconds);
  const means = last.map(({ latencies }) => meanOf(latencies));
  return agree(throughputs, tolerance) && agree(means, tolerance);
}

function agree(values: readonly number[], tolerance: number): boolean {
  const mean = meanOf(values);
  return values.every((value) => Math.abs(value - mean) <= tolerance * mean);
}

function meanOf(values: readonly number[] | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Index of the first value from `start` on that is larger than `bound`. */
function firstAbove(sorted: Float64Array, bound: number, start: number): number {
  let at = start;
  while ((sorted[at] ?? Number.POSITIVE_INFINITY) <= bound) at += 1;
  return at;
}

/** All latencies of several windows together. */
export function joinWindows(windows: readonly Window[]): Window {
  const latencies = new Float64Array(windows.reduce((sum, window) => sum + window.latencies.length, 0));
  let at = 0;
  let seconds = 0;
  let errors = 0;
  for (const window of windows) {
    latencies.set(window.latencies, at);
    at += window.latencies.length;
    seconds += window.seconds;
    errors += window.errors;
  }
  return { seconds, latencies, errors };
}

/** A bar of a histogram: how many latencies lie in (from, to]. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Latencies in `count` bins whose bounds grow by one factor, as latencies do. */
export function histogram(latencies: Float64Array, count: number): Bin[] {
  if (latencies.length === 0) return [];
  const sorted = latencies.toSorted();
  const low = Math.max(sorted[0] ?? 0, 1e-6);
  const high = Math.max(sorted.at(-1) ?? low, low);
  const factor = (high / low) ** (1 / count);
  const bins: Bin[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const to = i === count - 1 ? high : low * factor ** (i + 1);
    const start = at;
    // The last bin takes the rest: its bound may lie a rounding error below the largest value.
    at = i === count - 1 ? sorted.length : firstAbove(sorted, to, start);
    bins.push({ from: low * factor ** i, to, count: at - start });
  }
  return bins;
}
