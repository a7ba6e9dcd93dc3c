import { encodeMessage } from "../../src/base/index.ts";
import { inferenceService } from "../../src/protocols/index.ts";

const { input } = inferenceService.methods.ModelInfer;
const heads = [
  { name: "numbers", datatype: "FP32", shape: [2, 1] },
  { name: "text", datatype: "BYTES", shape: [2, 1] },
  { name: "count", datatype: "INT64", shape: [2, 1] },
] as const;
const parameter = {
  bool_param: undefined,
  int64_param: 1n,
  string_param: undefined,
  double_param: undefined,
  uint64_param: undefined,
};

/** A request with raw contents, for the model of `planes.ts`. */
export const rawInferRequest: Uint8Array = encodeMessage(input, {
  model_name: "echo",
  model_version: "1",
  id: "7",
  parameters: new Map([["priority", parameter]]),
  inputs: heads,
  outputs: [{ name: "text", parameters: new Map([["classification", { ...parameter, int64_param: 0n }]]) }],
  raw_input_contents: [
    new Uint8Array(Float32Array.of(1, 2).buffer),
    Uint8Array.of(1, 0, 0, 0, 97, 2, 0, 0, 0, 98, 99),
    new Uint8Array(BigInt64Array.of(1n, -1n).buffer),
  ],
});

/** The same with typed contents. */
export const typedInferRequest: Uint8Array = encodeMessage(input, {
  model_name: "echo",
  inputs: [
    { ...heads[0], contents: { fp32_contents: [1, 2] } },
    { ...heads[1], contents: { bytes_contents: [Uint8Array.of(97), Uint8Array.of(98, 99)] } },
    { ...heads[2], contents: { int64_contents: [1n, -1n] } },
  ],
});
