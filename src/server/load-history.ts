import type { Clock } from "../base/index.ts";
import { loadBetween, type Metrics, type VersionLoad, type VersionReading } from "../telemetry/index.ts";

/** What every version that had something to do did in one interval. */
export interface LoadSample {
  /** End of the interval, ISO 8601. */
  readonly at: string;
  readonly versions: readonly VersionLoad[];
}

/** What can be known of the load. */
export type LoadSource = Pick<LoadHistory, "since" | "listen">;

/** Between two samples, in milliseconds. */
export const LOAD_INTERVAL_MS = 2000;
/** A quarter of an hour. */
const MOST_SAMPLES = 450;
/** Bounds the memory where thousands of models are busy at once: the oldest samples go first. */
const MOST_ENTRIES = 50_000;

/** What the versions of this server did in the last quarter of an hour, and who wants to know as it happens. */
export class LoadHistory {
  readonly #metrics: Pick<Metrics, "readVersions">;
  readonly #clock: Clock;
  readonly #listeners = new Set<(sample: LoadSample) => void>();
  readonly #samples: LoadSample[] = [];
  #entries = 0;
  #before = new Map<string, VersionReading>();
  #beforeMs: number;
  #cancel: () => void;

  constructor(metrics: Pick<Metrics, "readVersions">, clock: Clock) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#beforeMs = clock.now();
    this.#cancel = clock.after(LOAD_INTERVAL_MS, () => this.#tick());
  }

  /** Samples of the last `seconds`, oldest first. */
  since(seconds: number): readonly LoadSample[] {
    return this.#samples.slice(-Math.ceil((seconds * 1000) / LOAD_INTERVAL_MS));
  }

  /** Calls `tell` with each sample from now on; the result ends that. */
  listen(tell: (sample: LoadSample) => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }

  close(): void {
    this.#cancel();
    this.#listeners.clear();
  }

  #tick(): void {
    const sample = this.#sample();
    this.#samples.push(sample);
    this.#entries += sample.versions.length;
    while (this.#samples.length > MOST_SAMPLES || this.#entries > MOST_ENTRIES) {
      this.#entries -= this.#samples.shift()?.versions.length ?? 0;
    }
    for (const tell of this.#listeners) tell(sample);
    this.#cancel = this.#clock.after(LOAD_INTERVAL_MS, () => this.#tick());
  }

  #sample(): LoadSample {
    const now = this.#clock.now();
    const seconds = Math.max(now - this.#beforeMs, 1) / 1000;
    const after = new Map(this.#metrics.readVersions().map((one) => [`${one.model}/${one.version}`, one]));
    const loads = [...after].map(([key, one]) => loadBetween(this.#before.get(key), one, seconds));
    this.#before = after;
    this.#beforeMs = now;
    return { at: new Date(performance.timeOrigin + now).toISOString(), versions: loads.filter(isBusy) };
  }
}

const isBusy = ({ requestsPerSecond, inFlight, waitingRows, cpus }: VersionLoad) =>
  requestsPerSecond > 0 || inFlight > 0 || waitingRows > 0 || cpus > 0;
