import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadTestReport } from "../../../../src/client/index.ts";
import { cornersOf } from "./triangle-shape.ts";

const report = (requestsPerSecond: number, p99Ms: number | null, cpuUsPerRequest: number | null) =>
  ({ requestsPerSecond, p99Ms, cpuUsPerRequest }) as LoadTestReport;

test("the best of each figure lies farthest out, and others by their share of it", () => {
  const corners = cornersOf([report(100, 4, 50), report(200, 8, 25)]);
  assert.deepEqual(corners, [
    { latency: 1, throughput: 0.5, cost: 0.5 },
    { latency: 0.5, throughput: 1, cost: 1 },
  ]);
});

test("a test in which nothing succeeded has no corners", () => {
  assert.deepEqual(cornersOf([report(0, null, null)]), [{ latency: 0, throughput: 0, cost: 0 }]);
});
