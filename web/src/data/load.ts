import type { LoadSample } from "./api.ts";

export interface LoadHistory {
  readonly intervalMs: number;
  readonly samples: readonly LoadSample[];
}

type VersionLoad = LoadSample["versions"][number];

/** How far back the charts go. */
export const HISTORY_SECONDS = 900;

/** A history with one more sample, without what is too old. */
export function withSample({ intervalMs, samples }: LoadHistory, sample: LoadSample): LoadHistory {
  const oldest = Date.parse(sample.at) - HISTORY_SECONDS * 1000;
  const kept = samples.filter(({ at }) => at < sample.at && Date.parse(at) >= oldest);
  return { intervalMs, samples: [...kept, sample] };
}

/** What adds up over versions, and what does not. */
type Rate = "requestsPerSecond" | "failuresPerSecond" | "waitingRows";
type Measured = "p50Ms" | "p99Ms" | "queueMs" | "computeMs" | "costUs";

/** The versions of a model as one, in one interval. */
export interface ModelLoad extends Pick<VersionLoad, Rate | Measured> {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The version that answered most; undefined: none had anything to do. */
  readonly version: number | undefined;
}

/** What one model did over time, oldest first. */
export const modelSeries = (history: LoadHistory | undefined, model: string): readonly ModelLoad[] =>
  (history?.samples ?? []).map(({ at, versions }) => ({
    at: Date.parse(at),
    ...together(versions.filter((one) => one.model === model)),
  }));

/** Rates add up; of times the busiest version's stand, since percentiles cannot be joined. */
function together(versions: readonly VersionLoad[]): Omit<ModelLoad, "at"> {
  const sum = (read: (one: VersionLoad) => number) => versions.reduce((total, one) => total + read(one), 0);
  const [busiest] = versions.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond);
  const { version, p50Ms, p99Ms, queueMs, computeMs, costUs } = busiest ?? NOTHING;
  return {
    version,
    requestsPerSecond: sum((one) => one.requestsPerSecond),
    failuresPerSecond: sum((one) => one.failuresPerSecond),
    p50Ms,
    p99Ms,
    queueMs,
    computeMs,
    costUs,
    waitingRows: sum((one) => one.waitingRows),
  };
}

/** What is known of an interval in which no version had anything to do. */
const NOTHING = {
  version: undefined,
  p50Ms: null,
  p99Ms: null,
  queueMs: null,
  computeMs: null,
  costUs: null,
};

/** Places in a series where another version began to answer. */
export function deployments(series: readonly ModelLoad[]): readonly number[] {
  const places: number[] = [];
  let before: number | undefined;
  for (const [at, { version }] of series.entries()) {
    if (version === undefined) continue;
    if (before !== undefined && version !== before) places.push(at);
    before = version;
  }
  return places;
}
