import assert from "node:assert/strict";
import { test } from "node:test";
import { analyseCurve, type CurvePoint, type CurveVerdict } from "./curve.ts";

const SIZES = [1, 2, 4, 8, 16, 32, 64, 128];
const curve = (us: number[]): CurvePoint[] => us.map((time, i) => ({ rows: SIZES[i] ?? 0, us: time }));
const verdict = (knee: number, batchingPays: boolean): CurveVerdict => ({ knee, batchingPays });

// Shapes measured on real models.
const cases: [title: string, us: number[], expected: CurveVerdict][] = [
  ["trees get slower again beyond 16 rows", [6, 8, 11, 17, 28.5, 128, 256, 512], verdict(16, true)],
  [
    "a wide perceptron gains up to 128",
    [1250, 1500, 2000, 2700, 3600, 5200, 9600, 16_600],
    verdict(128, true),
  ],
  [
    "text recognition gets slower from the first row on",
    [36_000, 84_000, 190_000, 499_000],
    verdict(1, false),
  ],
  ["time in proportion to rows gains nothing", [100, 200, 400, 800, 1600], verdict(1, false)],
  ["a gain within the noise is none", [100, 195, 388, 760, 1500], verdict(1, false)],
  [
    "an early knee is taken although later sizes are a little better",
    [10, 10, 10, 19.5, 39, 77],
    verdict(4, true),
  ],
  ["a single point does not say that batching pays", [50], verdict(1, false)],
];

for (const [title, us, expected] of cases) {
  test(title, () => assert.deepEqual(analyseCurve(curve(us)), expected));
}

test("a curve without points is refused", () => {
  assert.throws(() => analyseCurve([]), RangeError);
});
