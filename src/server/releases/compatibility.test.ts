import assert from "node:assert/strict";
import { test } from "node:test";
import { spec } from "../../../test/kit/fake-planes.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";
import { signatureDifferences } from "./compatibility.ts";

const x = spec("x", "FP32", [-1, 4]);
const y = spec("y", "FP32", [-1, 2]);
const signature = (inputs: readonly TensorSpec[], outputs: readonly TensorSpec[] = [y]): Signature => ({
  inputs,
  outputs,
});

/** Fields that break clients of `from`. */
const broken = (from: Signature, to: Signature) =>
  signatureDifferences(from, to)
    .filter(({ breaks }) => breaks)
    .map(({ field }) => field);

test("a signature does not differ from itself", () => {
  assert.deepEqual(signatureDifferences(signature([x]), signature([x])), []);
});

test("what is gone, renamed, or newly required breaks clients; what is new and optional does not", () => {
  const renamed = { ...x, name: "z" };
  assert.deepEqual(broken(signature([x]), signature([renamed])), ["inputs.x", "inputs.z"]);
  const optional = { ...renamed, optional: true };
  assert.deepEqual(broken(signature([x]), signature([x, optional])), []);
  assert.deepEqual(broken(signature([x, optional]), signature([x, renamed])), ["inputs.z.optional"]);
  assert.deepEqual(broken(signature([x], [y]), signature([x], [])), ["outputs.y"]);
  assert.deepEqual(broken(signature([x], []), signature([x], [y])), []);
});

test("an input may become wider and an output narrower, not the other way round", () => {
  const [wide, narrow] = [spec("x", "FP32", [-1, -1]), x];
  assert.deepEqual(broken(signature([narrow]), signature([wide])), []);
  assert.deepEqual(broken(signature([wide]), signature([narrow])), ["inputs.x.shape"]);
  const [wideOut, narrowOut] = [spec("y", "FP32", [-1, -1]), y];
  assert.deepEqual(broken(signature([x], [wideOut]), signature([x], [narrowOut])), []);
  assert.deepEqual(broken(signature([x], [narrowOut]), signature([x], [wideOut])), ["outputs.y.shape"]);
});

test("another type, and other class names of an output, break clients", () => {
  assert.deepEqual(broken(signature([x]), signature([spec("x", "FP64", [-1, 4])])), ["inputs.x.dtype"]);
  const labelled = (labels: readonly string[]) => signature([x], [{ ...y, labels }]);
  assert.deepEqual(broken(labelled(["no", "yes"]), labelled(["yes", "no"])), ["outputs.y.labels"]);
});
