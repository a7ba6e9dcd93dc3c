import type { LoadSample } from "./api.ts";

export interface LoadHistory {
  readonly intervalMs: number;
  readonly samples: readonly LoadSample[];
}

/** How far back the charts go. */
export const HISTORY_SECONDS = 900;

/** A history with one more sample, without what is too old. */
export function withSample({ intervalMs, samples }: LoadHistory, sample: LoadSample): LoadHistory {
  const oldest = Date.parse(sample.at) - HISTORY_SECONDS * 1000;
  const kept = samples.filter(({ at }) => at < sample.at && Date.parse(at) >= oldest);
  return { intervalMs, samples: [...kept, sample] };
}

/** What one model did over time: its versions together, oldest first. */
export function modelSeries(history: LoadHistory | undefined, model: string): readonly ModelLoad[] {
  return (history?.samples ?? []).map(({ at, versions }) => ({
    at: Date.parse(at),
    ...together(versions.filter((one) => one.model === model)),
  }));
}

/** The versions of a model as one. */
export interface ModelLoad {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly requestsPerSecond: number;
  readonly failuresPerSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly costUs: number | null;
  readonly waitingRows: number;
}

type VersionLoad = LoadSample["versions"][number];

/** Rates add up; of times the busiest version's stand, since percentiles cannot be joined. */
function together(versions: LoadSample["versions"]): Omit<ModelLoad, "at"> {
  const sum = (read: (one: VersionLoad) => number) => versions.reduce((total, one) => total + read(one), 0);
  const [busiest] = versions.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond);
  return {
    requestsPerSecond: sum((one) => one.requestsPerSecond),
    failuresPerSecond: sum((one) => one.failuresPerSecond),
    p50Ms: busiest?.p50Ms ?? null,
    p99Ms: busiest?.p99Ms ?? null,
    costUs: busiest?.costUs ?? null,
    waitingRows: sum((one) => one.waitingRows),
  };
}
