import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInputs, emptyManifest, manifestSchema, type Signature } from "../model/index.ts";
import { DTYPES, encodeRaw, type Strings, sliceRows } from "../tensor/index.ts";
import { sampleInputs } from "./sample-inputs.ts";

const every: Signature = {
  inputs: DTYPES.map((dtype) => ({ name: dtype, dtype, shape: [-1, 4], batchAxis: 0 as const })),
  outputs: [],
};

test("samples fit their signature, for every dtype and any rows", () => {
  for (const rows of [0, 1, 7]) {
    assert.equal(checkInputs(every, sampleInputs(every, emptyManifest, rows)), rows);
  }
});

test("the same arguments give the same samples, another seed others, and rows do not depend on their number", () => {
  const [one, again, other] = [1, 1, 2].map((seed) => sampleInputs(every, emptyManifest, 5, seed));
  const [long] = [sampleInputs(every, emptyManifest, 9, 1)];
  for (const { name } of every.inputs) {
    const bytes = (inputs = one, rows = 5) => {
      const tensor = inputs?.get(name) ?? assert.fail();
      return Buffer.from(encodeRaw(sliceRows(tensor, 0, rows))).toString("hex");
    };
    assert.equal(bytes(one), bytes(again), name);
    assert.equal(bytes(long), bytes(one), name);
    if (name !== "BOOL") assert.notEqual(bytes(other), bytes(one), name);
  }
});

test("values come from the manifest's columns, by input or side by side in a matrix", () => {
  const manifest = manifestSchema.parse({
    columns: [
      { name: "city", values: ["OSL", "BOG"] },
      { name: "age", min: 18, max: 19 },
    ],
  });
  const signature: Signature = {
    inputs: [
      { name: "city", dtype: "BYTES", shape: [-1, 1], batchAxis: 0 },
      { name: "matrix", dtype: "FP32", shape: [-1, 2], batchAxis: 0 },
    ],
    outputs: [],
  };
  const inputs = sampleInputs(signature, manifest, 50);
  const cities = inputs.get("city")?.data as Strings;
  assert.deepEqual(new Set(cities.toArray()), new Set(["OSL", "BOG"]));
  const matrix = inputs.get("matrix")?.data as Float32Array;
  assert.ok(matrix.every((value, i) => i % 2 === 0 || (value >= 18 && value <= 19)));
});

test("free sizes with one name are one size, and a mask is ones", () => {
  const signature: Signature = {
    inputs: ["ids", "mask"].map((name) => ({
      name,
      dtype: "INT64" as const,
      shape: [-1, -1],
      symbols: ["batch", "sequence_length"],
      batchAxis: 0 as const,
    })),
    outputs: [],
  };
  const manifest = manifestSchema.parse({ batching: { maskInput: "mask" } });
  const inputs = sampleInputs(signature, manifest, 3);
  assert.deepEqual(inputs.get("ids")?.shape, [3, 16]);
  assert.deepEqual(inputs.get("mask")?.shape, [3, 16]);
  const [ids, mask] = ["ids", "mask"].map((name) => inputs.get(name)?.data as BigInt64Array);
  assert.ok(mask?.every((value) => value === 1n));
  assert.ok(ids?.every((value) => value === 0n || value === 1n));
});

test("preparation tells the sizes of pictures and frames, constants and states", () => {
  const sound = { sampleRate: 16_000, frame: { samples: 512, context: 64 }, constants: { sr: 16_000 } };
  const states = [{ input: "state", output: "stateN" }];
  const voice = manifestSchema.parse({
    inputPreparation: [{ name: "sound", parameters: { ...sound, states } }],
  });
  const signature: Signature = {
    inputs: [
      { name: "input", dtype: "FP32", shape: [-1, -1], batchAxis: 0 },
      { name: "state", dtype: "FP32", shape: [2, -1, 128], batchAxis: null },
      { name: "sr", dtype: "INT64", shape: [], batchAxis: null },
    ],
    outputs: [],
  };
  const inputs = sampleInputs(signature, voice, 1);
  assert.deepEqual(inputs.get("input")?.shape, [1, 576]);
  assert.deepEqual(inputs.get("state"), { dtype: "FP32", shape: [2, 1, 128], data: new Float32Array(256) });
  assert.deepEqual(inputs.get("sr")?.data, BigInt64Array.of(16_000n));
  const image = { name: "image", parameters: { height: 48, minWidth: 320 } };
  const ocr = manifestSchema.parse({ inputPreparation: [image] });
  const picture: Signature = {
    inputs: [{ name: "x", dtype: "FP32", shape: [-1, 3, -1, -1], batchAxis: 0 }],
    outputs: [],
  };
  assert.deepEqual(sampleInputs(picture, ocr, 2).get("x")?.shape, [2, 3, 48, 320]);
});
