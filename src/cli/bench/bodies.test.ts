import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PlatformError, parseJson } from "../../base/index.ts";
import { DTYPES, decodeRaw, elementCount, encodeRaw, tensorOf } from "../../tensor/index.ts";
import { grpcMessageOf, httpRequestOf } from "./bodies.ts";
import { rawValues } from "./raw-values.ts";
import { inputsOfV2, type SampleTensor, sampleInputs } from "./sample.ts";

const ONE_ROW = { rows: 1, shapes: new Map<string, readonly number[]>() };
const specOf = (datatype: string, shape: readonly number[]) => [{ name: "x", datatype, shape: [...shape] }];

test("made inputs of every dtype are what the tensor codec writes for the same values", () => {
  for (const dtype of DTYPES) {
    const [sample] = sampleInputs(specOf(dtype, [-1, 3]), { ...ONE_ROW, rows: 2 });
    assert.ok(sample);
    assert.deepEqual(sample.shape, [2, 3]);
    assert.equal(sample.values.length, 6);
    const raw = rawValues(dtype, sample.values);
    assert.equal(elementCount(decodeRaw(dtype, sample.shape, raw).shape), 6, dtype);
    if (dtype === "FP16" || dtype === "BF16") continue; // The codec takes their bits, not their values.
    assert.deepEqual(
      Buffer.from(raw),
      Buffer.from(encodeRaw(tensorOf(dtype, sample.shape, sample.values))),
      dtype,
    );
  }
});

test("half precision has the bits that IEEE 754 and bfloat16 give exact values", () => {
  assert.deepEqual(
    rawValues("FP16", [0, 1, -2, 0.5, 65_536, Number.NaN]),
    new Uint8Array(Uint16Array.of(0, 0x3c00, 0xc000, 0x3800, 0x7c00, 0x7e00).buffer),
  );
  assert.deepEqual(rawValues("BF16", [1, -2]), new Uint8Array(Uint16Array.of(0x3f80, 0xc000).buffer));
});

test("shapes may be given by name; a name of no input is refused", () => {
  const shapes = new Map([["x", [4]]]);
  assert.deepEqual(sampleInputs(specOf("FP32", [-1]), { rows: 1, shapes })[0]?.shape, [4]);
  assert.throws(
    () => sampleInputs(specOf("FP32", [-1]), { rows: 1, shapes: new Map([["y", [1]]]) }),
    /--shape.*y/,
  );
  const huge = new Map([["x", [1e9, 1e9]]]);
  assert.throws(() => sampleInputs(specOf("FP32", [-1]), { rows: 1, shapes: huge }), /elements/);
});

const tensor = fc
  .tuple(fc.nat(3), fc.nat(3))
  .chain(([a, b]) =>
    fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: a * b, maxLength: a * b })
      .map((values): SampleTensor => ({ name: "x", datatype: "INT64", shape: [a, b], values })),
  );

test("a V2 JSON body gives back the inputs it was made of, without losing a digit", () => {
  fc.assert(
    fc.property(tensor, (input) => {
      const { body } = httpRequestOf("v2-json", { model: "m" }, [input]);
      const [back] = inputsOfV2(Buffer.from(body));
      assert.deepEqual({ ...back, values: back?.values.map(BigInt) }, input);
    }),
  );
});

test("a V2 binary body is its JSON, then the raw tensors of the sizes that it names", () => {
  fc.assert(
    fc.property(tensor, (input) => {
      const { body, headers } = httpRequestOf("v2-binary", { model: "m", version: 3 }, [input, input]);
      const length = Number(headers["inference-header-content-length"]);
      const head = JSON.parse(Buffer.from(body.subarray(0, length)).toString()) as {
        inputs: { parameters: { binary_data_size: number } }[];
      };
      const sizes = head.inputs.map((one) => one.parameters.binary_data_size);
      assert.deepEqual(sizes, [input.values.length * 8, input.values.length * 8]);
      assert.equal(body.length, length + input.values.length * 16);
      assert.deepEqual(
        Buffer.from(body.subarray(length, length + (sizes[0] ?? 0))),
        Buffer.from(rawValues("INT64", input.values)),
      );
    }),
  );
});

test("a native body nests the values by shape", () => {
  const input = { name: "x", datatype: "FP32", shape: [2, 2], values: [1, 2, 3, 4] };
  const { body, path } = httpRequestOf("native", { model: "m", version: 2 }, [
    input,
    { ...input, name: "s", shape: [], values: [5] },
  ]);
  assert.equal(path, "/predict/m/versions/2");
  assert.deepEqual(parseJson(body), {
    inputs: {
      x: [
        [1, 2],
        [3, 4],
      ],
      s: 5,
    },
  });
});

test("JSON refuses half precision, and says which wires carry it", () => {
  const input = { name: "x", datatype: "FP16", shape: [1], values: [1] };
  assert.throws(() => httpRequestOf("v2-json", { model: "m" }, [input]), /FP16.*JSON/);
});

test("a gRPC message holds name, version, shape and raw contents at the fields of the .proto file", () => {
  const message = grpcMessageOf({ model: "m", version: 7 }, [
    { name: "x", datatype: "UINT8", shape: [2], values: [1, 255] },
  ]);
  // 1: "m", 2: "7", 5: {1: "x", 2: "UINT8", 3: packed [2]}, 7: bytes
  const hex = ["0a016d", "120137", "2a0d", "0a0178", "120555494e5438", "1a0102", "3a02", "01ff"].join("");
  assert.equal(Buffer.from(message).toString("hex"), hex);
});

test("a file that is no V2 request is refused, never half read", () => {
  for (const text of [
    "x",
    "[]",
    "{}",
    '{"inputs": []}',
    '{"inputs": [null]}',
    '{"inputs": [{"name": "x"}]}',
    '{"inputs": [{"name": "x", "datatype": "FP32", "shape": [2], "data": [1]}]}',
    '{"inputs": [{"name": "x", "datatype": "FP32", "shape": [-1], "data": []}]}',
    '{"inputs": [{"name": "x", "datatype": "FP32", "shape": [1], "data": [null]}]}',
  ]) {
    assert.throws(() => inputsOfV2(Buffer.from(text)), PlatformError, text);
  }
  assert.throws(() => rawValues("FP8", [1]), /FP8/);
});
