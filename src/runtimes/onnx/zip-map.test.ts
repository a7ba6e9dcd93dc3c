import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inspectModel } from "../../onnx/index.ts";
import { withoutZipMaps, zipMapOutputs } from "./zip-map.ts";

const CHURN = "test/artifacts/models/churn/1/model.onnx";

test("a ZipMap output becomes a tensor of the same name, and nothing else changes", async () => {
  const file = await readFile(CHURN);
  const before = inspectModel(file);
  assert.deepEqual(zipMapOutputs(before), ["output_probability"]);
  const after = inspectModel(withoutZipMaps(file, ["output_probability"]));
  assert.deepEqual(zipMapOutputs(after), []);
  assert.deepEqual(after.inputs, before.inputs);
  assert.deepEqual(
    after.outputs.map(({ name }) => name),
    before.outputs.map(({ name }) => name),
  );
  assert.equal(after.outputs[1]?.dtype, "FP32");
  const { ZipMap, ...others } = Object.fromEntries(
    [...before.operators].map(([name, n]) => [name.split(":").at(-1), n]),
  );
  assert.equal(ZipMap, 1);
  const counted = Object.fromEntries([...after.operators].map(([name, n]) => [name.split(":").at(-1), n]));
  assert.deepEqual(counted, { ...others, Identity: (others["Identity"] ?? 0) + 1 });
});

test("an output that is not made by ZipMap is refused by name", async () => {
  const file = await readFile(CHURN);
  assert.throws(
    () => withoutZipMaps(file, ["output_label"]),
    /"output_label" is a sequence of maps that is not made/,
  );
});
