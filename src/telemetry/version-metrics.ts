import type { ErrorCode } from "../base/index.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Counter, Gauge, Histogram } from "./series.ts";

/** How one prediction ended. */
export type Outcome = "ok" | ErrorCode;

/** Where one prediction's time went. Seconds; zero where it did not come so far. */
export interface RequestTimes {
  readonly totalS: number;
  readonly queueS: number;
  readonly computeS: number;
  readonly cpuS: number;
  readonly rows: number;
}

/** The series of one loaded version, looked up once: recording touches numbers only. */
export interface VersionMetrics {
  request(outcome: Outcome, times: RequestTimes): void;
  /** One run of the model. */
  batch(rows: number): void;
  setInFlight(requests: number): void;
  setQueue(rows: number, bytes: number): void;
  setMemory(bytes: number): void;
  /** The version is unloaded: its series are no longer printed. */
  remove(): void;
}

const DROPPED: Partial<Record<Outcome, string>> = {
  resource_exhausted: "rejected",
  deadline_exceeded: "expired",
  cancelled: "cancelled",
  unavailable: "unavailable",
};

/**
 * The handle that {@link VersionMetrics} describes, over the families of `all`. `holders` counts
 * the handles of each version: the last one to go takes the series with it.
 */
export function createVersionMetrics(
  all: Catalogue,
  holders: Map<string, number>,
  model: string,
  version: number,
): VersionMetrics {
  return new Handle(all, holders, [model, String(version)]);
}

class Handle implements VersionMetrics {
  readonly #all: Catalogue;
  readonly #labels: readonly [string, string];
  readonly #holders: Map<string, number>;
  readonly #key: string;
  readonly #ok: Counter;
  readonly #failed = new Map<Outcome, readonly Counter[]>();
  readonly #rows: Counter;
  readonly #cpu: Counter;
  readonly #duration: Histogram;
  readonly #queue: Histogram;
  readonly #compute: Histogram;
  readonly #batchRows: Histogram;
  readonly #inFlight: Gauge;
  readonly #queueRows: Gauge;
  readonly #queueBytes: Gauge;
  readonly #memory: Gauge;
  #isRemoved = false;

  constructor(all: Catalogue, holders: Map<string, number>, labels: readonly [string, string]) {
    this.#all = all;
    this.#labels = labels;
    this.#holders = holders;
    this.#key = labels.join("/");
    holders.set(this.#key, (holders.get(this.#key) ?? 0) + 1);
    this.#ok = all.requests.of(...labels, "ok");
    this.#rows = all.rows.of(...labels);
    this.#cpu = all.cpu.of(...labels);
    this.#duration = all.duration.of(...labels);
    this.#queue = all.queue.of(...labels);
    this.#compute = all.compute.of(...labels);
    this.#batchRows = all.batchRows.of(...labels);
    this.#inFlight = all.inFlight.of(...labels);
    this.#queueRows = all.queueRows.of(...labels);
    this.#queueBytes = all.queueBytes.of(...labels);
    this.#memory = all.memory.of(...labels);
  }

  request(outcome: Outcome, times: RequestTimes): void {
    this.#duration.observe(times.totalS);
    this.#cpu.add(times.cpuS);
    if (outcome !== "ok") {
      this.#fail(outcome);
      return;
    }
    this.#ok.add();
    this.#queue.observe(times.queueS);
    this.#compute.observe(times.computeS);
    this.#rows.add(times.rows);
  }

  batch(rows: number): void {
    this.#batchRows.observe(rows);
  }

  setInFlight(requests: number): void {
    this.#inFlight.set(requests);
  }

  setQueue(rows: number, bytes: number): void {
    this.#queueRows.set(rows);
    this.#queueBytes.set(bytes);
  }

  setMemory(bytes: number): void {
    this.#memory.set(bytes);
  }

  remove(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    const left = (this.#holders.get(this.#key) ?? 1) - 1;
    if (left > 0) {
      this.#holders.set(this.#key, left);
      return;
    }
    this.#holders.delete(this.#key);
    for (const family of Object.values(this.#all)) {
      if (family.labels[0] === "model") family.remove(...this.#labels);
    }
  }

  #fail(outcome: Outcome): void {
    if (this.#isRemoved) return;
    let counters = this.#failed.get(outcome);
    if (!counters) {
      counters = this.#countersOf(outcome);
      this.#failed.set(outcome, counters);
    }
    for (const counter of counters) counter.add();
  }

  #countersOf(outcome: Outcome): Counter[] {
    const requests = this.#all.requests.of(...this.#labels, outcome);
    const reason = DROPPED[outcome];
    return reason === undefined ? [requests] : [requests, this.#all.dropped.of(...this.#labels, reason)];
  }
}
