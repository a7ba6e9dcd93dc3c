import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseMetrics } from "./metrics-text.ts";
import { bucketQuantile, versionLoads } from "./version-load.ts";

const page = (requests: number, failed: number, buckets: readonly number[], queueRows = 0) =>
  parseMetrics(`
sirve_requests_total{model="m",version="1",code="ok"} ${requests}
sirve_requests_total{model="m",version="1",code="resource_exhausted"} ${failed}
sirve_request_duration_seconds_bucket{model="m",version="1",le="0.001"} ${buckets[0]}
sirve_request_duration_seconds_bucket{model="m",version="1",le="0.01"} ${buckets[1]}
sirve_request_duration_seconds_bucket{model="m",version="1",le="+Inf"} ${buckets[2]}
sirve_queue_duration_seconds_sum{model="m",version="1"} ${requests * 0.002}
sirve_queue_duration_seconds_count{model="m",version="1"} ${requests}
sirve_model_cpu_seconds_total{model="m",version="1"} ${requests * 0.0001}
sirve_queue_rows{model="m",version="1"} ${queueRows}
process_cpu_seconds_total 1`);

test("rates, latencies, waiting and cost follow from two readings", () => {
  const before = { at: 0, samples: page(100, 0, [50, 100, 100]) };
  const after = { at: 2000, samples: page(300, 4, [50, 300, 300], 7) };
  const [load, ...others] = versionLoads(before, after);
  assert.deepEqual(others, []);
  assert.equal(load?.requestsPerSecond, 102);
  assert.equal(load?.failuresPerSecond, 2);
  assert.equal(load?.waitingRows, 7);
  assert.ok(Math.abs((load?.queueMs ?? 0) - 2) < 1e-9);
  assert.ok(Math.abs((load?.costUs ?? 0) - (0.02 / 204) * 1e6) < 1e-6);
  assert.ok(Math.abs((load?.p50Ms ?? 0) - 5.5) < 1e-9, String(load?.p50Ms));
});

test("a version that was loaded again in between counts from nothing", () => {
  const before = { at: 0, samples: page(500, 5, [1, 500, 500]) };
  const after = { at: 1000, samples: page(20, 0, [20, 20, 20]) };
  const [load] = versionLoads(before, after);
  assert.equal(load?.requestsPerSecond, 20);
  assert.ok((load?.p99Ms ?? 9) <= 1);
});

test("a quantile lies in the bucket that holds its rank", () => {
  const bounds = [1, 2, 5, 10, Number.POSITIVE_INFINITY];
  const values = fc.array(fc.double({ min: 0, max: 12, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.9, 0.99), (all, share) => {
      const buckets = bounds.map((bound) => ({ bound, count: all.filter((value) => value <= bound).length }));
      const exact = all.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
      const found = bucketQuantile(buckets, share);
      const upper = bounds.find((bound) => exact <= bound) ?? 0;
      const lower = [0, ...bounds].findLast((bound) => bound < upper) ?? 0;
      assert.ok(found >= lower && found <= Math.min(upper, 10), `${found} not in (${lower}, ${upper}]`);
    }),
  );
  assert.ok(Number.isNaN(bucketQuantile([], 0.5)));
});
