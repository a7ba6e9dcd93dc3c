import assert from "node:assert/strict";
import { test } from "node:test";
import { type Tensors, tensorOf } from "../tensor/index.ts";
import { compareAnswers, compareOutputs } from "./agreement.ts";

const one = (dtype: Parameters<typeof tensorOf>[0], values: Parameters<typeof tensorOf>[2]): Tensors =>
  new Map([["y", tensorOf(dtype, [values.length], values)]]);

test("numbers agree within the tolerance, absolutely for small ones and relatively for large ones", () => {
  const near = compareOutputs(one("FP64", [1, 1000]), one("FP64", [1.0005, 1000.5]), 1e-3);
  assert.equal(near.agrees, true);
  assert.equal(near.largestDifference, 0.5);
  assert.equal(compareOutputs(one("FP64", [1]), one("FP64", [1.01]), 1e-3).agrees, false);
});

test("NaN equals NaN alone, and an infinity equals itself alone", () => {
  const [nan, infinite] = [one("FP32", [Number.NaN]), one("FP32", [Number.POSITIVE_INFINITY])];
  assert.equal(compareOutputs(nan, nan, 0).agrees, true);
  assert.equal(compareOutputs(nan, one("FP32", [0]), 1).agrees, false);
  assert.equal(compareOutputs(infinite, infinite, 0).agrees, true);
  assert.equal(compareOutputs(infinite, one("FP32", [0]), 1).agrees, false);
});

test("texts must be equal, and 64-bit integers beyond 2^53 are told apart", () => {
  assert.equal(compareOutputs(one("BYTES", ["a"]), one("BYTES", ["a"]), 0).agrees, true);
  assert.equal(compareOutputs(one("BYTES", ["a"]), one("BYTES", ["b"]), 1e9).agrees, false);
  const big = 2n ** 53n;
  assert.equal(compareOutputs(one("INT64", [big]), one("INT64", [big]), 0).agrees, true);
  const next = compareOutputs(one("INT64", [big]), one("INT64", [big + 1n]), 0);
  assert.deepEqual([next.agrees, next.largestDifference], [false, 1]);
});

test("an output of another shape or type, or that one of them lacks, disagrees", () => {
  assert.equal(compareOutputs(one("FP32", [1]), one("FP32", [1, 1]), 1).agrees, false);
  assert.equal(compareOutputs(one("FP32", [1]), one("FP64", [1]), 1).agrees, false);
  const { agrees, outputs } = compareOutputs(one("FP32", [1]), new Map(), 1);
  assert.equal(agrees, false);
  assert.deepEqual(outputs, [{ name: "y", agrees: false, largestDifference: 0 }]);
});

test("predictions are compared where both answers have them, whatever their outputs are called", () => {
  const answer = (probability: number, name: string, label = "yes") => ({
    predictions: [{ label, probability }],
    outputs: new Map([[name, tensorOf("FP32", [1], [1])]]),
  });
  const near = compareAnswers(answer(0.5, "a"), answer(0.5005, "b"), 1e-3);
  assert.equal(near.agrees, true);
  assert.equal(near.outputs[0]?.name, "predictions");
  assert.equal(compareAnswers(answer(0.5, "a"), answer(0.6, "a"), 1e-3).agrees, false);
  assert.equal(compareAnswers(answer(0.5, "a"), answer(0.5, "a", "no"), 1e-3).agrees, false);
  const { predictions: _, ...tensors } = answer(0.5, "a");
  assert.equal(compareAnswers(tensors, answer(0.5, "a"), 0).outputs[0]?.name, "a");
});
