import assert from "node:assert/strict";
import { test } from "node:test";
import type { Signature, TensorSpec } from "../model/index.ts";
import { type Tensors, tensorOf } from "../tensor/index.ts";
import { bytesOf, checkOutputBytes, leastOutputBytes } from "./output-limit.ts";

const spec = (name: string, shape: number[], rest: Partial<TensorSpec> = {}): TensorSpec => ({
  name,
  dtype: "FP32",
  shape,
  batchAxis: 0,
  ...rest,
});
const inputs: Tensors = new Map([["x", tensorOf("FP32", [3, 2], [1, 2, 3, 4, 5, 6])]]);
const least = (outputs: TensorSpec[], wanted?: string[], rows = 3) => {
  const signature: Signature = { inputs: [spec("x", [-1, -1], { symbols: ["N", "width"] })], outputs };
  return leastOutputBytes(signature, inputs, { rows, wanted });
};

test("the least size of an answer follows from rows, fixed sizes and names that inputs share", () => {
  assert.equal(least([spec("y", [-1, 10])]), 3 * 10 * 4);
  assert.equal(least([spec("y", [-1, 10]), spec("z", [], { dtype: "INT64", batchAxis: null })]), 120 + 8);
  assert.equal(least([spec("y", [-1, -1], { symbols: ["N", "width"] })]), 3 * 2 * 4);
  assert.equal(least([spec("y", [-1, 5], { batchAxis: null, symbols: ["N", undefined] })]), 3 * 5 * 4);
  assert.equal(least([spec("y", [-1, -1], { symbols: ["N", "unknown"] })]), 3 * 4);
  assert.equal(least([spec("y", [-1, 10]), spec("z", [-1, 7])], ["z"]), 3 * 7 * 4);
  assert.equal(least([spec("y", [-1], { dtype: "BYTES" })]), 0);
  assert.equal(least([spec("y", [-1, 10])], undefined, 0), 0);
});

test("an answer above its limit is refused with both sizes", () => {
  checkOutputBytes(10, 10);
  const message = /^the answer has 11 bytes, expected at most 10 bytes$/;
  assert.throws(() => checkOutputBytes(11, 10), { code: "too_large", message });
  assert.equal(bytesOf(inputs), 24);
});
