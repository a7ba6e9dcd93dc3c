import assert from "node:assert/strict";
import { test } from "node:test";
import { PlatformError } from "../base/index.ts";
import { LoadTestTally } from "./load-test-tally.ts";

const timing = { queueUs: 1000, computeUs: 3000, cpuUs: 2000, batchRows: 2 };
const run = { rows: 2, inputUs: 0, computeUs: 3000, outputUs: 0, cpuUs: 4000, elsewhereUs: 0, failed: false };

test("rates and latencies of a progress are of the time since the one before, counts are of all", () => {
  const tally = new LoadTestTally();
  for (let i = 0; i < 10; i += 1) tally.answered(5000, timing, 1);
  const first = tally.progress(500);
  assert.deepEqual([first.requests, first.requestsPerSecond, first.p50Ms !== null], [10, 20, true]);
  tally.failed(new PlatformError("unavailable", "gone"));
  const second = tally.progress(1000);
  assert.deepEqual([second.requests, second.failures, second.requestsPerSecond], [11, 1, 0]);
  assert.deepEqual([second.p50Ms, second.p99Ms], [null, null]);
});

test("the figures are means and rates of what succeeded; reasons and sizes of runs are counted", () => {
  const tally = new LoadTestTally();
  for (let i = 0; i < 4; i += 1) tally.answered(5000, timing, 3);
  for (let i = 0; i < 2; i += 1) tally.batch(run);
  tally.batch({ ...run, rows: 1 });
  tally.batch({ ...run, rows: 7, failed: true });
  tally.failed(new PlatformError("unavailable", "gone"));
  for (let i = 0; i < 2; i += 1) tally.failed(new PlatformError("resource_exhausted", "full"));
  const { latencyHistogram, p50Ms, p90Ms, p99Ms, ...figures } = tally.figures(2);
  assert.deepEqual(figures, {
    seconds: 2,
    requests: 7,
    failures: 3,
    failureReasons: [
      { code: "resource_exhausted", count: 2 },
      { code: "unavailable", count: 1 },
    ],
    requestsPerSecond: 2,
    rowsPerSecond: 6,
    maxMs: 5,
    batchRows: [
      { rows: 1, count: 1 },
      { rows: 2, count: 2 },
    ],
    queueMs: 1,
    computeMs: 3,
    cpuUsPerRequest: 2000,
    cpus: 0.004,
  });
  assert.deepEqual(
    latencyHistogram.map(({ count }) => count),
    [4],
  );
  for (const ms of [p50Ms, p90Ms, p99Ms]) assert.ok(ms !== null && Math.abs(ms - 5) < 0.1, String(ms));
});

test("a test of which nothing succeeded has no latencies, no means and no rates", () => {
  const figures = new LoadTestTally().figures(0);
  const known = [figures.requestsPerSecond, figures.rowsPerSecond, figures.cpus];
  assert.deepEqual(known, [0, 0, 0]);
  const unknown = [figures.p50Ms, figures.maxMs, figures.queueMs, figures.computeMs, figures.cpuUsPerRequest];
  assert.deepEqual(unknown, [null, null, null, null, null]);
});
