import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json, Signature } from "../model/index.ts";
import { plainTensor, tensorOf, toBrain, toHalf } from "../tensor/index.ts";
import { decodeArrays } from "./arrays.ts";

const signature: Signature = {
  inputs: [
    { name: "x", dtype: "FP32", shape: [-1, 2], batchAxis: 0 },
    { name: "ids", dtype: "INT64", shape: [-1], batchAxis: 0 },
    { name: "text", dtype: "BYTES", shape: [-1, 1], batchAxis: 0 },
    { name: "sr", dtype: "INT64", shape: [], batchAxis: null },
  ],
  outputs: [],
};

const decode = (arrays: { readonly [name: string]: Json }) =>
  decodeArrays(signature, new Map(Object.entries(arrays)));

test("nested arrays become tensors of the signature's dtypes", () => {
  const inputs = decode({
    x: [
      [1, 2],
      [3, null],
    ],
    ids: [1, 9007199254740993n],
    text: [["a"], ["ü"]],
    sr: 16000,
  });
  assert.deepEqual(inputs.get("x"), tensorOf("FP32", [2, 2], [1, 2, 3, Number.NaN]));
  assert.deepEqual(inputs.get("ids"), tensorOf("INT64", [2], [1n, 9007199254740993n]));
  assert.deepEqual(inputs.get("text")?.shape, [2, 1]);
  assert.deepEqual(inputs.get("sr"), tensorOf("INT64", [], [16000n]));
});

test("a shape with flat data is the same as nested arrays", () => {
  assert.deepEqual(
    decode({ x: { shape: [2, 2], data: [1, 2, 3, 4] } }),
    decode({
      x: [
        [1, 2],
        [3, 4],
      ],
    }),
  );
  assert.deepEqual(
    decode({
      x: {
        shape: [2, 2],
        data: [
          [1, 2],
          [3, 4],
        ],
        datatype: "FP32",
      },
    }),
    decode({
      x: [
        [1, 2],
        [3, 4],
      ],
    }),
  );
});

const refusals: { readonly arrays: { readonly [name: string]: Json }; readonly message: RegExp }[] = [
  { arrays: { y: [1] }, message: /input "y" is not of this model, expected x, ids, text, sr/ },
  {
    arrays: { x: [[1, 2], [3]] },
    message: /input "x"\[1\]: is an array of 1, expected an array of 2 \(shape \[2,2\]\)/,
  },
  {
    arrays: {
      x: [
        [1, 2],
        [3, "4"],
      ],
    },
    message: /input "x"\[1\]\[1\]: got "4" \(string\), expected a number/,
  },
  { arrays: { ids: [1.5] }, message: /input "ids"\[0\]: got 1.5 \(number\), expected a whole number/ },
  { arrays: { text: [[1]] }, message: /input "text"\[0\]\[0\]: got 1 \(number\), expected text/ },
  { arrays: { x: { shape: [2, 2], data: [1, 2, 3] } }, message: /has 3 elements, shape \[2,2\] holds 4/ },
  { arrays: { x: { shape: [-1, 2], data: [] } }, message: /expected an array of sizes/ },
  { arrays: { x: { shape: [4e9, 4e9], data: [] } }, message: /shape too large/ },
  { arrays: { x: { shape: [1_000_000_000], data: 5 } }, message: /expected an array of 1000000000/ },
  {
    arrays: { x: { shape: [1, 2], data: [1, 2], datatype: "INT8" } },
    message: /has datatype "INT8" \(string\), expected FP32/,
  },
];

for (const { arrays, message } of refusals) {
  test(`inputs are refused: ${JSON.stringify(arrays)}`, () => {
    assert.throws(() => decode(arrays), message);
  });
}

test("what a tensor is printed as reads back as the same tensor", () => {
  const rows = fc.array(
    fc.tuple(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
    ),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(rows, (values) => {
      const tensor = tensorOf("FP32", [values.length, 2], values.flat());
      assert.deepEqual(decode({ x: plainTensor(tensor) }).get("x"), tensor);
    }),
  );
});

const printed: {
  readonly dtype: "FP16" | "BF16" | "FP32" | "FP64";
  readonly values: number[];
  readonly text: string;
}[] = [
  { dtype: "FP64", values: [0.1, 0.7966211438179016], text: "[0.1,0.7966211438179016]" },
  { dtype: "FP32", values: [0.1, 0.7966211438179016], text: "[0.1,0.79662114]" },
  { dtype: "FP32", values: [3.4028234663852886e38, -1e-45], text: "[3.4028235e+38,-1e-45]" },
  { dtype: "FP16", values: [toHalf(0.1), toHalf(-65504)], text: "[0.099975586,-65504]" },
  {
    dtype: "BF16",
    values: [toBrain(0.1), toBrain(3.3895313892515355e38)],
    text: "[0.100097656,3.3895314e+38]",
  },
];

for (const { dtype, values, text } of printed) {
  test(`${dtype} ${values.join(" and ")} are printed no longer than they are precise, and read back`, () => {
    const tensor = tensorOf(dtype, [1, 2], values);
    assert.equal(JSON.stringify(plainTensor(tensor)), `[${text}]`);
    const inputs = [{ name: "x", dtype, shape: [-1, 2], batchAxis: 0 }] as const;
    const decoded = decodeArrays({ inputs, outputs: [] }, new Map([["x", plainTensor(tensor)]]));
    assert.deepEqual(decoded.get("x"), tensor);
  });
}
