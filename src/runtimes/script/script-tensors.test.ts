import assert from "node:assert/strict";
import { test } from "node:test";
import { tensorOf } from "../../tensor/index.ts";
import { fromHandler, signatureOf, toHandler } from "./script-tensors.ts";

const DECLARED = {
  inputs: { x: { dtype: "FP32", shape: [-1, 2] } },
  outputs: {
    y: { dtype: "INT64", shape: [-1] },
    words: { dtype: "BYTES", shape: [-1] },
    scale: { dtype: "FP64", shape: [] },
  },
} as const;
const signature = signatureOf(DECLARED);
const GOOD = {
  y: { shape: [2], data: BigInt64Array.of(1n, 2n) },
  words: { shape: [2], data: ["a", "b"] },
  scale: { shape: [], data: Float64Array.of(0.5) },
};

test("a first axis of any size is that of rows", () => {
  const axes = [...signature.inputs, ...signature.outputs].map(({ name, batchAxis }) => [name, batchAxis]);
  assert.deepEqual(axes, [
    ["x", 0],
    ["y", 0],
    ["words", 0],
    ["scale", null],
  ]);
});

test("a handler gets texts as strings and numbers as they are, and its answer becomes tensors", () => {
  const inputs = new Map([
    ["words", tensorOf("BYTES", [2], ["a", "ü"])],
    ["n", tensorOf("FP32", [2], [1, 2])],
  ]);
  const { words, n } = toHandler(inputs);
  assert.deepEqual(words?.data, ["a", "ü"]);
  assert.deepEqual(n?.data, Float32Array.of(1, 2));
  const outputs = fromHandler(GOOD, signature, 2);
  assert.deepEqual([...outputs.keys()], ["y", "words", "scale"]);
  assert.equal(outputs.get("words")?.dtype, "BYTES");
});

test("an answer that is not what was declared is refused by its name", () => {
  const bad = [
    [{ ...GOOD, y: undefined }, "y"],
    [{ ...GOOD, y: { shape: [2], data: Int32Array.of(1, 2) } }, "y"],
    [{ ...GOOD, y: { shape: [3], data: BigInt64Array.of(1n, 2n, 3n) } }, "y"],
    [{ ...GOOD, y: { shape: [2, 1], data: BigInt64Array.of(1n, 2n) } }, "y"],
    [{ ...GOOD, y: { shape: [2], data: BigInt64Array.of(1n) } }, "y"],
    [{ ...GOOD, y: { shape: [2] } }, "y"],
    [{ ...GOOD, words: { shape: [2], data: Float64Array.of(1, 2) } }, "words"],
    [{ ...GOOD, scale: { shape: "none", data: Float64Array.of(1) } }, "scale"],
  ] as const;
  for (const [answer, field] of bad) {
    const check = (thrown: { code: string; details: { field?: string } }) =>
      thrown.code === "internal" && thrown.details.field === field;
    assert.throws(
      () => fromHandler(answer as never, signature, 2),
      check,
      JSON.stringify(Object.keys(answer)),
    );
  }
});

test("a declaration that is none is refused by the field", () => {
  const x = { dtype: "FP32", shape: [-1] } as const;
  const bad: [object, RegExp][] = [
    [{ inputs: {}, outputs: { x } }, /inputs is nothing/],
    [{ inputs: { x: { ...x, dtype: "float" } }, outputs: { x } }, /inputs\.x\.dtype is float/],
    [{ inputs: { x }, outputs: { x: { ...x, shape: [-2] } } }, /outputs\.x\.shape is \[-2\]/],
    [{ inputs: { x: { dtype: "FP32" } }, outputs: { x } }, /inputs\.x\.shape is nothing/],
  ];
  for (const [declared, message] of bad) {
    assert.throws(() => signatureOf(declared as never), { code: "failed_precondition", message });
  }
});
