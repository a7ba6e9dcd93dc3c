import assert from "node:assert/strict";
import { test } from "node:test";
import { scheduled } from "../../test/kit/scheduled.ts";
import { Deadline } from "../base/index.ts";
import type { Signature, TensorSpec } from "../model/index.ts";
import { type Tensor, type Tensors, tensorOf } from "../tensor/index.ts";
import { Padding } from "./padding.ts";

const spec = (name: string, shape: number[], more: Partial<TensorSpec> = {}): TensorSpec => ({
  name,
  dtype: "INT64",
  shape,
  batchAxis: 0,
  ...more,
});

const text: Signature = {
  inputs: [spec("ids", [-1, -1], { symbols: ["N", "L"] }), spec("mask", [-1, -1], { symbols: ["N", "L"] })],
  outputs: [
    spec("tokens", [-1, -1], { symbols: ["N", "L"] }),
    spec("other", [-1, -1], { symbols: ["N", "K"] }),
    spec("pooled", [-1, 4]),
  ],
};

const ids = (...values: number[]): Tensors =>
  new Map([["ids", tensorOf("INT64", [1, values.length], values)]]);
const numbers = (tensors: Tensors, name: string) =>
  Array.from(tensors.get(name)?.data as BigInt64Array, Number);
const withMask = () => new Padding(text, { padTo: [4, 8], maskInput: "mask" });

test("a length is padded to the next bucket, and a missing mask says what is data", () => {
  const { inputs } = withMask().pad(ids(7, 8, 9), 1);
  assert.deepEqual(numbers(inputs, "ids"), [7, 8, 9, 0]);
  assert.deepEqual(numbers(inputs, "mask"), [1, 1, 1, 0]);
  assert.deepEqual(inputs.get("mask")?.shape, [1, 4]);
});

test("a mask that the request brings is padded, not replaced", () => {
  const mask = tensorOf("INT64", [1, 3], [1, 0, 1]);
  const { inputs } = withMask().pad(new Map([...ids(7, 8, 9), ["mask", mask]]), 1);
  assert.deepEqual(numbers(inputs, "mask"), [1, 0, 1, 0]);
});

test("a length that is a bucket, or above the largest, stays; the mask is all data", () => {
  for (const length of [4, 9]) {
    const own = ids(...Array<number>(length).fill(5));
    const { inputs } = withMask().pad(own, 1);
    assert.equal(inputs.get("ids"), own.get("ids"));
    assert.deepEqual(numbers(inputs, "mask"), Array(length).fill(1));
  }
});

test("inputs that differ in length are left as they are", () => {
  const inputs = new Map([...ids(1, 2), ["mask", tensorOf("INT64", [1, 3], [1, 1, 1])] as const]);
  assert.equal(withMask().pad(inputs, 1).inputs, inputs);
});

test("outputs with the padded size are cut back, others are not", () => {
  const { cutBack } = withMask().pad(ids(7, 8, 9), 1);
  const four = tensorOf("INT64", [1, 4], [1, 2, 3, 4]);
  const cut = cutBack(
    new Map([
      ["tokens", four],
      ["other", four],
      ["pooled", four],
    ]),
  );
  assert.deepEqual(
    [...cut].map(([name, { shape }]) => [name, shape]),
    [
      ["tokens", [1, 3]],
      ["other", [1, 4]],
      ["pooled", [1, 4]],
    ],
  );
});

test("every free axis of an output that came out as large as the bucket is cut back", () => {
  const signature = { inputs: [spec("x", [-1, -1])], outputs: [spec("pairs", [-1, -1, -1])] };
  const { cutBack } = new Padding(signature, { padTo: [4], maskInput: undefined }).pad(
    new Map([["x", tensorOf("INT64", [1, 3], [1, 2, 3])]]),
    1,
  );
  const pairs = tensorOf(
    "INT64",
    [1, 4, 4],
    Array.from({ length: 16 }, (_, i) => i),
  );
  const cut = cutBack(new Map([["pairs", pairs]]));
  assert.deepEqual(
    [cut.get("pairs")?.shape, numbers(cut, "pairs")],
    [
      [1, 3, 3],
      [0, 1, 2, 4, 5, 6, 8, 9, 10],
    ],
  );
});

test("padding that the signature does not allow is refused at load", () => {
  const fixed = { inputs: [spec("x", [-1, 3])], outputs: [] };
  const two = {
    inputs: [spec("a", [-1, -1], { symbols: ["N", "L"] }), spec("b", [-1, -1], { symbols: ["N", "M"] })],
    outputs: [],
  };
  const twice = { inputs: [spec("x", [-1, -1, -1])], outputs: [] };
  for (const signature of [fixed, two, twice]) {
    assert.throws(() => new Padding(signature, { padTo: [4], maskInput: undefined }), {
      code: "failed_precondition",
      message: /^padTo needs inputs with one free size beyond the rows, got /,
    });
  }
  assert.throws(() => new Padding(text, { padTo: [4], maskInput: "masc" }), {
    message: 'maskInput is "masc", expected an INT64 input with the free size, of ids, mask',
  });
});

test("requests of different lengths share a batch, and each answer has its own length", async () => {
  const compute = (inputs: Tensors): Tensors => new Map([["tokens", inputs.get("ids") as Tensor]]);
  const signature = { ...text, outputs: text.outputs.slice(0, 1) };
  const { session, scheduler, pass } = scheduled(
    { padTo: [4, 8], maskInput: "mask" },
    { signature, compute },
  );
  const ask = (...values: number[]) => scheduler.run(ids(...values), 1, new Deadline());
  const answers = [ask(9), ask(1, 2, 3), ask(4, 5, 6, 7), ask(8)];
  await pass(2);
  const tokens = (await Promise.all(answers)).map(({ outputs }) => numbers(outputs, "tokens"));
  assert.deepEqual(tokens, [[9], [1, 2, 3], [4, 5, 6, 7], [8]]);
  assert.deepEqual(session.batches, [1, 3]);
  assert.deepEqual(
    scheduler.signature.inputs.map(({ name, optional }) => [name, optional ?? false]),
    [
      ["ids", false],
      ["mask", true],
    ],
  );
});
