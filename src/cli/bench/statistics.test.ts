import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { histogram, isStable, joinWindows, percentile, summarize, type Window } from "./statistics.ts";

const latencies = fc.array(fc.double({ min: 0.001, max: 10_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

/** The definition, by counting for every candidate. */
function naivePercentile(values: readonly number[], percent: number): number {
  const enough = values.filter(
    (candidate) => values.filter((value) => value <= candidate).length >= (percent / 100) * values.length,
  );
  return Math.min(...enough);
}

test("a percentile is the smallest value that so many per cent do not exceed", () => {
  fc.assert(
    fc.property(latencies, fc.constantFrom(1, 50, 90, 95, 99, 100), (values, percent) => {
      const sorted = Float64Array.from(values).toSorted();
      assert.equal(percentile(sorted, percent), naivePercentile(values, percent));
    }),
  );
});

test("a summary does not depend on the order of the latencies, and leaves them as they are", () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const given = Float64Array.from(values);
      const { mean: meanGiven, ...rest } = summarize(given);
      const { mean: meanReversed, ...restReversed } = summarize(given.toReversed());
      assert.deepEqual(rest, restReversed);
      assert.ok(Math.abs(meanGiven - meanReversed) <= 1e-9 * meanGiven);
      assert.deepEqual(given, Float64Array.from(values));
      assert.ok(rest.p50 <= rest.p90 && rest.p90 <= rest.p95 && rest.p95 <= rest.p99 && rest.p99 <= rest.max);
    }),
  );
});

test("nothing measured has no percentiles", () => {
  assert.ok(Number.isNaN(summarize(new Float64Array()).p99));
  assert.deepEqual(histogram(new Float64Array(), 10), []);
});

test("every latency lies in exactly one bin of the histogram", () => {
  fc.assert(
    fc.property(latencies, fc.integer({ min: 1, max: 20 }), (values, count) => {
      const bins = histogram(Float64Array.from(values), count);
      assert.equal(bins.length, count);
      assert.equal(
        bins.reduce((sum, bin) => sum + bin.count, 0),
        values.length,
      );
    }),
  );
});

const windowOf = (count: number, latency: number): Window => ({
  seconds: 1,
  latencies: new Float64Array(count).fill(latency),
  errors: 0,
});

test("three windows are stable if throughput and latency of each are within the tolerance of their mean", () => {
  const table: [windows: Window[], stable: boolean][] = [
    [[windowOf(100, 5), windowOf(100, 5)], false],
    [[windowOf(100, 5), windowOf(105, 5), windowOf(95, 5)], true],
    [[windowOf(100, 5), windowOf(140, 5), windowOf(100, 5)], false],
    [[windowOf(100, 5), windowOf(100, 8), windowOf(100, 5)], false],
    [[windowOf(10, 50), windowOf(100, 5), windowOf(100, 5), windowOf(100, 5)], true],
    [[windowOf(0, 5), windowOf(0, 5), windowOf(0, 5)], false],
  ];
  for (const [windows, stable] of table) assert.equal(isStable(windows, 0.1), stable);
});

test("joined windows hold all latencies, seconds and errors", () => {
  const joined = joinWindows([windowOf(2, 1), { ...windowOf(1, 3), errors: 2 }]);
  assert.deepEqual(joined, { seconds: 2, latencies: Float64Array.of(1, 1, 3), errors: 2 });
});
