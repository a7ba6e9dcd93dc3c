import assert from "node:assert/strict";
import { test } from "node:test";
import type { Signature, TensorSpec } from "../model/index.ts";
import { type Tensors, tensorOf } from "../tensor/index.ts";
import { createInputBytes, createShapeKey } from "./shape-key.ts";

const spec = (name: string, shape: number[], more: Partial<TensorSpec> = {}): TensorSpec => ({
  name,
  dtype: "FP32",
  shape,
  batchAxis: 0,
  ...more,
});
const zeros = (shape: number[]) =>
  tensorOf("FP32", shape, Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0));
const tensors = (shapes: Record<string, number[]>): Tensors =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, zeros(shape)]));

const fixed: Signature = {
  inputs: [spec("x", [-1, 3])],
  outputs: [spec("y,z", [-1]), spec("y", [-1]), spec("z", [-1])],
};
const free: Signature = {
  inputs: [spec("a", [-1, -1, 2]), spec("b", [-1], { optional: true })],
  outputs: [],
};

test("where nothing is free, every request has the empty key", () => {
  const key = createShapeKey(fixed, true);
  assert.equal(key(tensors({ x: [1, 3] }), undefined), "");
  assert.equal(key(tensors({ x: [7, 3] }), undefined), "");
});

test("free sizes and optional inputs make the key, rows do not", () => {
  const key = createShapeKey(free, true);
  const keyOf = (shapes: Record<string, number[]>) => key(tensors(shapes), undefined);
  assert.equal(keyOf({ a: [1, 5, 2] }), keyOf({ a: [3, 5, 2] }));
  assert.notEqual(keyOf({ a: [1, 5, 2] }), keyOf({ a: [1, 6, 2] }));
  assert.notEqual(keyOf({ a: [1, 5, 2] }), keyOf({ a: [1, 5, 2], b: [1] }));
});

test("wanted outputs count as a set, and names with commas are told apart", () => {
  const key = createShapeKey(fixed, true);
  const keyOf = (...outputs: string[]) => key(tensors({ x: [1, 3] }), outputs);
  assert.equal(keyOf("y", "z"), keyOf("z", "y", "y"));
  assert.notEqual(keyOf("y", "z"), keyOf("y,z"));
  assert.notEqual(keyOf("y"), "");
});

test("where requests are not joined, shapes do not count", () => {
  const key = createShapeKey(free, false);
  assert.equal(key(tensors({ a: [1, 5, 2] }), undefined), "");
});

test("bytes of inputs are those of their elements", () => {
  assert.equal(createInputBytes(fixed)(tensors({ x: [2, 3] }), 2), 24);
  assert.equal(createInputBytes(free)(tensors({ a: [2, 5, 2], b: [2] }), 2), 88);
  const strings: Signature = { inputs: [spec("s", [-1], { dtype: "BYTES" })], outputs: [] };
  assert.equal(createInputBytes(strings)(new Map([["s", tensorOf("BYTES", [2], ["abc", "ñ"])]]), 2), 5);
});
