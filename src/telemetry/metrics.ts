import { Catalogue } from "./catalogue.ts";
import { printFamilies } from "./print.ts";
import { createProcessMetrics } from "./process-metrics.ts";
import type { Counter } from "./series.ts";
import { createVersionMetrics, type Outcome, type VersionMetrics } from "./version-metrics.ts";
import { readVersions, type VersionReading } from "./version-reading.ts";

/** All that the server counts. One per process; recording never fails and never waits. */
export interface Metrics {
  /**
   * The handle of one loaded version. Two of one number, while its files are replaced, share their
   * series; made again after the last {@link VersionMetrics.remove}, they start at zero.
   */
  version(model: string, version: number): VersionMetrics;
  /** A prediction that reached no loaded version: unknown model, nothing ready. */
  unmatched(code: Outcome): void;
  /** A variant has answered for an endpoint; a registry bounds the number of both. */
  endpoint(endpoint: string, variant: string): void;
  http(protocol: string, status: number, bytesIn: number, bytesOut: number): void;
  grpc(protocol: string, code: number, bytesIn: number, bytesOut: number): void;
  loaded(outcome: "ready" | "failed", seconds: number): void;
  unloaded(): void;
  spansDropped(count: number): void;
  /** CPU seconds billed to requests so far, and those that no request caused. */
  setBilled(billedS: number, unbilledS: number): void;
  /** Calls `read` before each print and reading, to set gauges that are read rather than counted, until the result is called. */
  onPrint(read: () => void): () => void;
  /** What was counted of each version so far. */
  readVersions(): readonly VersionReading[];
  /** The Prometheus text format 0.0.4. */
  print(): Promise<string>;
  /** Stops watching the event loop. */
  close(): void;
}

/** The versions that `sirve_build_info` names. */
export interface BuildInfo {
  readonly version: string;
  readonly engine: string;
}

/** Metrics of this process, all at zero. */
export function createMetrics(build: BuildInfo = { version: "unknown", engine: "none" }): Metrics {
  const all = new Catalogue();
  const processMetrics = createProcessMetrics(all);
  const readers = new Set([() => processMetrics.read()]);
  const holders = new Map<string, number>();
  all.build.of(build.version, process.version, build.engine).set(1);
  // Counters without labels are there from the start, so that a first event is seen as a change.
  for (const counter of [all.unloads, all.spansDropped]) counter.of();
  return {
    version: (model, version) => createVersionMetrics(all, holders, model, version),
    unmatched: (code) => all.unmatched.of(code).add(),
    endpoint: (endpoint, variant) => all.endpointRequests.of(endpoint, variant).add(),
    http: wireCounter(all, all.http),
    grpc: wireCounter(all, all.grpc),
    loaded(outcome, seconds) {
      all.loads.of(outcome).add();
      if (outcome === "ready") all.loadSeconds.of().observe(seconds);
    },
    unloaded: () => all.unloads.of().add(),
    spansDropped: (count) => all.spansDropped.of().add(count),
    setBilled(billedS, unbilledS) {
      all.billed.of("requests").set(billedS);
      all.billed.of("none").set(unbilledS);
    },
    onPrint(read) {
      readers.add(read);
      return () => readers.delete(read);
    },
    readVersions() {
      for (const read of readers) read();
      return readVersions(all);
    },
    async print() {
      for (const read of readers) read();
      return printFamilies(Object.values(all));
    },
    close: () => processMetrics.close(),
  };
}

interface Wire {
  readonly byStatus: Counter[];
  readonly bytesIn: Counter;
  readonly bytesOut: Counter;
}

/** Counts answers per protocol and status; two look-ups and three additions per answer. */
function wireCounter(all: Catalogue, answers: Catalogue["http"]): Metrics["http"] {
  const wires = new Map<string, Wire>();
  return (protocol, status, bytesIn, bytesOut) => {
    let wire = wires.get(protocol);
    if (!wire) {
      wire = { byStatus: [], bytesIn: all.bytesIn.of(protocol), bytesOut: all.bytesOut.of(protocol) };
      wires.set(protocol, wire);
    }
    let counter = wire.byStatus[status];
    if (!counter) {
      counter = answers.of(protocol, String(status));
      wire.byStatus[status] = counter;
    }
    counter.add();
    wire.bytesIn.add(bytesIn);
    wire.bytesOut.add(bytesOut);
  };
}
