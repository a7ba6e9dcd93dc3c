import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LatencyHistogram } from "./latency-histogram.ts";

/** From a tenth of a microsecond to a quarter of an hour: beyond both ends. */
const durations = fc.array(
  fc.double({ min: -4, max: 6, noNaN: true }).map((exponent) => 10 ** exponent),
  { minLength: 1, maxLength: 200 },
);

function filled(all: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of all) histogram.add(ms);
  return histogram;
}

test("quantiles are within 2 % of those of the sorted durations, between a microsecond and ten minutes", () => {
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99), (all, share) => {
      const sorted = all.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(share * all.length - 1e-9) - 1)] ?? 0;
      const found = filled(all).quantileMs(share) ?? Number.NaN;
      const clamped = Math.min(Math.max(exact, 0.001), 600_000);
      const isNear = exact <= 0.001 ? found <= 0.001 : found >= clamped / 1.02 && found <= exact * 1.02;
      assert.ok(isNear, `${found} instead of ${exact}`);
    }),
  );
});

test("what is shown counts each duration once, below its bound, in ascending entries without empty ends", () => {
  fc.assert(
    fc.property(durations, (all) => {
      const shown = filled(all).shown();
      let from = 0;
      for (const { leMs, count } of shown) {
        const near = (ms: number) => ms * (1 + 1e-9);
        const naive = all.filter((ms) => ms > near(from) && ms <= near(leMs)).length;
        assert.equal(count, naive, `${from} to ${leMs}`);
        assert.ok(leMs > from);
        from = leMs;
      }
      assert.ok((shown[0]?.count ?? 0) > 0 && (shown.at(-1)?.count ?? 0) > 0);
      assert.equal(filled(all).maxMs, Math.max(...all));
    }),
  );
});

test("nothing has no quantiles, no longest and nothing to show", () => {
  const empty = new LatencyHistogram();
  assert.deepEqual([empty.quantileMs(0.5), empty.maxMs, empty.shown()], [null, null, []]);
});
