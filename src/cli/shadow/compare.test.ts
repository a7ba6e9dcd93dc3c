import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutputValues, Value } from "./answer-values.ts";
import { compareOutputs } from "./compare.ts";

const floats = (...values: Value[]): OutputValues => ({ kind: "FP32 [n]", isExact: false, values });
const whole = (...values: Value[]): OutputValues => ({ kind: "INT64 [n]", isExact: true, values });

function compare(old: OutputValues, other: OutputValues, tolerance = 1e-5) {
  const [found] = compareOutputs(new Map([["y", old]]), new Map([["y", other]]), tolerance);
  assert.ok(found);
  return found;
}

test("numbers are equal within the tolerance, absolutely or relatively", () => {
  assert.equal(compare(floats(1), floats(1.000001)).isEqual, true);
  assert.equal(compare(floats(1e9), floats(1e9 + 100)).isEqual, true);
  assert.equal(compare(floats(1e-9), floats(2e-9)).isEqual, true);
  const apart = compare(floats(1, 2), floats(1, 2.5));
  assert.deepEqual([apart.isEqual, apart.largestAbsolute, apart.largestRelative], [false, 0.5, 0.2]);
  assert.deepEqual(apart.example, { output: "y", index: 1, old: "2", new: "2.5" });
});

test("integers are the same or not, to the last digit of 64 bits", () => {
  assert.equal(compare(whole(2n ** 60n), whole(2n ** 60n + 1n)).isEqual, false);
  assert.equal(compare(whole(7), whole(7n)).isEqual, true);
  assert.equal(compare(whole(1_000_000), whole(1_000_001)).isEqual, false);
});

test("NaN equals NaN and an infinity itself, and neither any number", () => {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY];
  assert.equal(compare(floats(...odd), floats(...odd)).isEqual, true);
  for (const value of odd) {
    const { isEqual, largestAbsolute } = compare(floats(value), floats(0));
    assert.deepEqual([isEqual, largestAbsolute], [false, 0]);
  }
});

test("texts are the same or not; other shapes, datatypes and names are never equal", () => {
  assert.equal(compare(floats("a"), floats("b")).isEqual, false);
  assert.deepEqual(compare(floats(1), whole(1)).example, { output: "y", old: "FP32 [n]", new: "INT64 [n]" });
  const [x, y] = compareOutputs(new Map([["x", floats(1)]]), new Map([["y", floats(1)]]), 1);
  assert.deepEqual([x?.example?.new, y?.example?.old], ["none", "none"]);
});
