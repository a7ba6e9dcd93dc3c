import type { LoadTestReport } from "../../../../src/client/index.ts";

/** How far out the corners of one test lie, 0 to 1: the best of all tests at 1. */
export interface Corners {
  readonly latency: number;
  readonly throughput: number;
  readonly cost: number;
}

/** Each figure against the best of all: throughput by what it is, latency and cost by how little they are. */
export function cornersOf(reports: readonly LoadTestReport[]): readonly Corners[] {
  const least = (read: (one: LoadTestReport) => number | null) =>
    Math.min(...reports.map((one) => read(one) ?? Number.POSITIVE_INFINITY));
  const latency = least(({ p99Ms }) => p99Ms);
  const cost = least(({ cpuUsPerRequest }) => cpuUsPerRequest);
  const rate = Math.max(...reports.map(({ requestsPerSecond }) => requestsPerSecond));
  return reports.map((one) => ({
    latency: share(latency, one.p99Ms),
    throughput: share(one.requestsPerSecond, rate),
    cost: share(cost, one.cpuUsPerRequest),
  }));
}

/** 0 where nothing is known. */
function share(part: number, whole: number | null): number {
  if (whole === null || whole === 0 || !Number.isFinite(part)) return 0;
  return part / whole;
}
