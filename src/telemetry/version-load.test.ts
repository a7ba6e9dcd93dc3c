import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMetrics } from "./metrics.ts";
import { countedQuantile, loadBetween } from "./version-load.ts";

const one = { totalS: 0.004, queueS: 0.001, computeS: 0.002, cpuS: 0.002, rows: 3 };

function readingOf(metrics: ReturnType<typeof createMetrics>) {
  const [reading] = metrics.readVersions();
  return reading ?? assert.fail("no reading");
}

test("the load between two readings holds what came between them and nothing else", () => {
  const metrics = createMetrics();
  const series = metrics.version("m", 2);
  series.request("ok", one);
  const before = readingOf(metrics);
  for (let i = 0; i < 10; i += 1) series.request("ok", one);
  series.request("invalid_argument", { ...one, queueS: 0, computeS: 0, cpuS: 0, rows: 0 });
  series.batch(30);
  series.setInFlight(2);
  const load = loadBetween(before, readingOf(metrics), 2);
  assert.equal(load.model, "m");
  assert.equal(load.version, 2);
  assert.equal(load.requestsPerSecond, 5.5);
  assert.equal(load.failuresPerSecond, 0.5);
  assert.equal(load.rowsPerSecond, 15);
  assert.equal(load.rowsPerRun, 30);
  assert.equal(load.inFlight, 2);
  assert.ok(Math.abs((load.queueMs ?? 0) - 1) < 1e-9);
  assert.ok(Math.abs((load.computeMs ?? 0) - 2) < 1e-9);
  assert.ok(Math.abs((load.costUs ?? 0) - 20_000 / 11) < 1e-6);
  assert.ok((load.p50Ms ?? 0) > 2.5 && (load.p50Ms ?? 0) <= 5);
  metrics.close();
});

test("an interval without requests has rates of zero and no times", () => {
  const metrics = createMetrics();
  metrics.version("m", 1).request("ok", one);
  const reading = readingOf(metrics);
  const { requestsPerSecond, p50Ms, p99Ms, queueMs, costUs, rowsPerRun } = loadBetween(reading, reading, 2);
  assert.deepEqual(
    { requestsPerSecond, p50Ms, p99Ms, queueMs, costUs, rowsPerRun },
    { requestsPerSecond: 0, p50Ms: null, p99Ms: null, queueMs: null, costUs: null, rowsPerRun: null },
  );
  metrics.close();
});

test("a version that was loaded again begins at zero", () => {
  const metrics = createMetrics();
  const first = metrics.version("m", 1);
  for (let i = 0; i < 5; i += 1) first.request("ok", one);
  const before = readingOf(metrics);
  first.remove();
  metrics.version("m", 1).request("ok", one);
  assert.equal(loadBetween(before, readingOf(metrics), 1).requestsPerSecond, 1);
  metrics.close();
});

test("a quantile lies in the bucket that a sorted list of the values finds", () => {
  const bounds = [1, 2, 5, 10];
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 9.99, noNaN: true }), { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, share) => {
        const counts = [0, 0, 0, 0, 0];
        const bucketOf = (value: number) => bounds.findIndex((bound) => value <= bound);
        for (const value of values) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1;
        const found = countedQuantile(counts, bounds, share) ?? assert.fail("none");
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length - 1e-9) - 1] ?? 0;
        assert.equal(bucketOf(Math.min(found, 10)), bucketOf(exact));
      },
    ),
  );
});
