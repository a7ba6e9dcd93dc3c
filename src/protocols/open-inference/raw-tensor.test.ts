import assert from "node:assert/strict";
import { test } from "node:test";
import { openInferenceSetUp } from "../../../test/kit/open-inference.ts";

/** The model, its datatype, the declared size, the bytes, the refusal. */
const cases = [
  [
    "fp32",
    "FP32",
    4,
    [0, 0, 0, 0],
    "[request id: <id_unknown>] input byte size mismatch for input 'IN' for model 'fp32'. Expected 8, got 4",
  ],
  ["fp32", "FP32", 8, [0, 0, 0, 0, 0, 0, 0, 0, 1], "unexpected additional input data for model 'fp32'"],
  ["fp32", "FP32", 8, [0], "unexpected size for input 'IN', expecting 7 additional bytes for model 'fp32'"],
  [
    "text",
    "BYTES",
    3,
    [1, 0, 0],
    "[request id: <id_unknown>] incomplete string length indicator for inference input 'IN' for model 'text', expecting 4 bytes but only 3 bytes available.",
  ],
  [
    "text",
    "BYTES",
    5,
    [9, 0, 0, 0, 1],
    "[request id: <id_unknown>] incomplete string data for inference input 'IN' for model 'text', expecting string of length 9 but only 1 bytes available.",
  ],
  [
    "text",
    "BYTES",
    4,
    [0, 0, 0, 0],
    "[request id: <id_unknown>] expected 2 string elements for inference input 'IN' for model 'text', got 1",
  ],
  [
    "text",
    "BYTES",
    12,
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "[request id: <id_unknown>] unexpected number of string elements 3 for inference input 'IN' for model 'text', expecting 2",
  ],
  [
    "bool",
    "BOOL",
    2,
    [0, 2],
    "[request id: <id_unknown>] input 'IN' for model 'bool' has byte 2 as BOOL, expected 0 or 1",
  ],
] as const;

test("binary tensors of the wrong size or content are refused", async () => {
  const { call } = openInferenceSetUp();
  for (const [model, datatype, size, bytes, text] of cases) {
    const json = JSON.stringify({
      inputs: [{ name: "IN", shape: [1, 2], datatype, parameters: { binary_data_size: size } }],
    });
    const answer = await call("POST", `/v2/models/${model}/infer`, {
      body: Buffer.concat([Buffer.from(json), Buffer.from(bytes)]),
      headers: { "inference-header-content-length": String(json.length) },
    });
    assert.deepEqual([answer.status, JSON.parse(answer.text).error], [400, text]);
  }
});
