import type { Sample } from "./metrics-text.ts";

/** What one version did between two readings of the metrics. */
export interface VersionLoad {
  readonly model: string;
  readonly version: string;
  readonly requestsPerSecond: number;
  /** Requests that did not succeed, per second. */
  readonly failuresPerSecond: number;
  /** Milliseconds, interpolated within the histogram's buckets; NaN without requests. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Averages of the successful requests. */
  readonly queueMs: number;
  readonly computeMs: number;
  readonly rowsPerRun: number;
  /** CPU time of one request, in microseconds. */
  readonly costUs: number;
  /** CPUs that the model's runs kept busy. */
  readonly cpus: number;
  readonly waitingRows: number;
  readonly waitingBytes: number;
  readonly memoryBytes: number;
}

/** A reading of the metrics and when it was made, in milliseconds. */
export interface Reading {
  readonly at: number;
  readonly samples: readonly Sample[];
}

/** The load of every version between two readings, by name and version. */
export function versionLoads(before: Reading, after: Reading): VersionLoad[] {
  const earlier = byVersion(before.samples);
  const seconds = Math.max(after.at - before.at, 1) / 1000;
  const loads = [...byVersion(after.samples)].map(([key, now]) =>
    loadOf(now, earlier.get(key) ?? EMPTY, seconds),
  );
  return loads.toSorted((a, b) => a.model.localeCompare(b.model) || Number(a.version) - Number(b.version));
}

/** The samples of one version. */
interface Group {
  readonly model: string;
  readonly version: string;
  readonly samples: readonly Sample[];
}

const EMPTY: Group = { model: "", version: "", samples: [] };

function byVersion(samples: readonly Sample[]): Map<string, Group> {
  const groups = new Map<string, { model: string; version: string; samples: Sample[] }>();
  for (const sample of samples) {
    const [model, version] = [sample.labels.get("model"), sample.labels.get("version")];
    if (model === undefined || version === undefined) continue;
    const key = JSON.stringify([model, version]);
    const group = groups.get(key) ?? { model, version, samples: [] };
    group.samples.push(sample);
    groups.set(key, group);
  }
  return groups;
}

function loadOf(now: Group, before: Group, seconds: number): VersionLoad {
  // A counter below its earlier value began anew: the version was loaded again.
  const grown = (name: string, code?: string) => {
    const [start, end] = [sumOf(before, name, code), sumOf(now, name, code)];
    return end < start ? end : end - start;
  };
  const [all, ok] = [grown("sirve_requests_total"), grown("sirve_requests_total", "ok")];
  const buckets = bucketsBetween(before, now, "sirve_request_duration_seconds_bucket");
  const cpu = grown("sirve_model_cpu_seconds_total");
  const mean = (name: string) => grown(`${name}_sum`) / grown(`${name}_count`);
  return {
    model: now.model,
    version: now.version,
    requestsPerSecond: all / seconds,
    failuresPerSecond: (all - ok) / seconds,
    p50Ms: bucketQuantile(buckets, 0.5) * 1000,
    p99Ms: bucketQuantile(buckets, 0.99) * 1000,
    queueMs: mean("sirve_queue_duration_seconds") * 1000,
    computeMs: mean("sirve_compute_duration_seconds") * 1000,
    rowsPerRun: mean("sirve_batch_rows"),
    costUs: (cpu / all) * 1e6,
    cpus: cpu / seconds,
    waitingRows: sumOf(now, "sirve_queue_rows"),
    waitingBytes: sumOf(now, "sirve_queue_bytes"),
    memoryBytes: sumOf(now, "sirve_model_memory_bytes"),
  };
}

function sumOf({ samples }: Group, name: string, code?: string): number {
  let sum = 0;
  for (const { name: one, labels, value } of samples) {
    if (one === name && (code === undefined || labels.get("code") === code)) sum += value;
  }
  return sum;
}

/** A cumulative bucket: how many values are at most `bound`. */
export interface Bucket {
  readonly bound: number;
  readonly count: number;
}

function bucketsBetween(before: Group, now: Group, name: string): Bucket[] {
  const read = ({ samples }: Group) => {
    const buckets = samples.filter((sample) => sample.name === name);
    return new Map(buckets.map(({ labels, value }) => [boundOf(labels.get("le")), value]));
  };
  const [start, end] = [read(before), read(now)];
  const isAnew = [...end].some(([bound, count]) => count < (start.get(bound) ?? 0));
  const buckets = [...end].map(([bound, count]) => ({
    bound,
    count: count - (isAnew ? 0 : (start.get(bound) ?? 0)),
  }));
  return buckets.toSorted((a, b) => a.bound - b.bound);
}

const boundOf = (text: string | undefined) => (text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text));

/**
 * The value below which `share` of the counted values lie, taking them as evenly spread within
 * their bucket; the last finite bound for those above it; NaN for none. Bounds ascend.
 *
 * Source: Prometheus, `histogram_quantile`.
 */
export function bucketQuantile(buckets: readonly Bucket[], share: number): number {
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return Number.NaN;
  const rank = share * total;
  let [lowBound, lowCount] = [0, 0];
  for (const { bound, count } of buckets) {
    if (count >= rank && count > lowCount) {
      if (!Number.isFinite(bound)) return lowBound;
      return lowBound + ((bound - lowBound) * (rank - lowCount)) / (count - lowCount);
    }
    if (Number.isFinite(bound)) [lowBound, lowCount] = [bound, count];
  }
  return lowBound;
}
