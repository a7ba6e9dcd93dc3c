import assert from "node:assert/strict";
import { test } from "node:test";
import { grpcCall } from "../../../test/kit/call-grpc.ts";
import {
  clock,
  floats,
  head,
  inferenceOracle,
  inferenceProtocol,
  pathOf,
  raw,
  rpc,
  typed,
} from "../../../test/kit/open-inference-rpc.ts";
import { PlatformError } from "../../base/index.ts";

const UNKNOWN_ID = "[request id: <id_unknown>] ";
const refusals: [string, object, number, string][] = [
  [
    "both kinds of contents",
    raw("fp32", { inputs: [{ ...head, contents: { fp32_contents: [1, 2] } }] }),
    3,
    "contents field must not be specified when using raw_input_contents for 'IN' for model 'fp32'",
  ],
  [
    "no data",
    { model_name: "fp32", inputs: [head] },
    3,
    "unable to find data for input tensor 'IN' for model 'fp32' in request.",
  ],
  [
    "fewer raw contents than inputs",
    raw("pair", {
      inputs: [
        { ...head, name: "A" },
        { ...head, name: "B" },
      ],
    }),
    3,
    "unable to find data for input tensor 'B' for model 'pair' in request.",
  ],
  [
    "more raw contents than inputs",
    raw("fp32", { raw_input_contents: [floats, floats] }),
    3,
    "unexpected additional input data for model 'fp32'",
  ],
  [
    "contents of another kind",
    typed("fp32", "FP32", { int_contents: [1, 2] }),
    3,
    "unexpected explicit tensor data for input tensor 'IN' for model 'fp32' of type 'INT32', expected datatype 'FP32'",
  ],
  [
    "too few values",
    typed("fp32", "FP32", { fp32_contents: [1] }),
    3,
    `${UNKNOWN_ID}input byte size mismatch for input 'IN' for model 'fp32'. Expected 8, got 4`,
  ],
  [
    "too few strings",
    typed("text", "BYTES", { bytes_contents: [Buffer.from("a")] }),
    3,
    `${UNKNOWN_ID}expected 2 string elements for inference input 'IN' for model 'text', got 1`,
  ],
  [
    "a value out of range",
    typed("int8", "INT8", { int_contents: [128, 0] }),
    3,
    "value 128 of input 'IN' is outside the range of INT8",
  ],
  [
    "half precision that is typed",
    typed("fp16", "FP16", { fp32_contents: [1, 2] }),
    3,
    "unexpected explicit tensor data for input tensor 'IN' for model 'fp16' of type 'FP32', expected datatype 'FP16'",
  ],
  [
    "too few bytes",
    raw("fp32", { raw_input_contents: [floats.subarray(4)] }),
    3,
    `${UNKNOWN_ID}input byte size mismatch for input 'IN' for model 'fp32'. Expected 8, got 4`,
  ],
  [
    "a negative dimension",
    raw("fp32", { inputs: [{ ...head, shape: [-1, 2] }] }),
    3,
    "invalid shape for input 'IN': shape [-1,2] contains one or more invalid dimensions",
  ],
  [
    "an unknown datatype",
    raw("fp32", { inputs: [{ ...head, datatype: "FLOAT" }] }),
    3,
    "invalid datatype 'FLOAT' for input 'IN'",
  ],
  [
    "an input twice",
    raw("fp32", { id: "a", inputs: [head, head], raw_input_contents: [floats, floats] }),
    3,
    "[request id: a] input 'IN' already exists in request",
  ],
  [
    "a version that is no number",
    raw("fp32", { model_version: "x" }),
    3,
    "failed to get model version from specified version string 'x', version should be an integral value > 0",
  ],
  ["an unknown model", raw("none"), 5, "Request for unknown model: 'none' is not found"],
  [
    "an unknown version",
    raw("fp32", { model_version: "9" }),
    5,
    "Request for unknown model: 'fp32' version 9 is not found",
  ],
  [
    "a version that loads",
    raw("half", { model_version: "2" }),
    14,
    "Request for unknown model: 'half' version 2 is not at ready state",
  ],
  [
    "an unknown output",
    raw("fp32", { outputs: [{ name: "NO" }] }),
    3,
    `${UNKNOWN_ID}unexpected inference output 'NO', allowed outputs are: OUT`,
  ],
  ["a full queue", raw("full", { id: "z" }), 14, "[request id: z] Exceeds maximum queue size"],
  ["a failing model", raw("wrong"), 13, `${UNKNOWN_ID}the model failed`],
  [
    "a priority of another type",
    raw("fp32", { parameters: { priority: { string_param: "1" } } }),
    3,
    "invalid value type for 'priority' parameter, expected int64_param or uint64_param.",
  ],
  [
    "a negative priority",
    raw("fp32", { parameters: { priority: { int64_param: -1 } } }),
    3,
    "invalid value for 'priority', expected value >= 0.",
  ],
  [
    "a timeout of another type",
    raw("fp32", { parameters: { timeout: { bool_param: true } } }),
    3,
    "invalid value type for 'timeout' parameter, expected int64_param.",
  ],
  [
    "a sequence flag of another type",
    raw("fp32", { parameters: { sequence_start: { int64_param: 1 } } }),
    3,
    "invalid value type for 'sequence_start' parameter, expected bool_param.",
  ],
  [
    "a sequence",
    raw("fp32", { parameters: { sequence_id: { int64_param: 5 } } }),
    12,
    "sequences are not supported: parameter 'sequence_id' must be 0 or absent",
  ],
  [
    "a parameter without a value",
    raw("fp32", { parameters: { a: {} } }),
    3,
    "invalid value type for 'a' parameter, expected int64_param, bool_param, or string_param.",
  ],
  [
    "a reserved parameter",
    raw("fp32", { parameters: { triton_x: { bool_param: true } } }),
    3,
    "parameter keys starting with 'triton_' are reserved for Triton usage. Only the following keys starting with 'triton_' are allowed: triton_enable_empty_final_response",
  ],
  [
    "classes of another type",
    raw("fp32", { outputs: [{ name: "OUT", parameters: { classification: { string_param: "1" } } }] }),
    3,
    "invalid value type for 'classification' parameter, expected int64_param",
  ],
  [
    "negative classes",
    raw("fp32", { outputs: [{ name: "OUT", parameters: { classification: { int64_param: -1 } } }] }),
    3,
    "invalid value for 'classification' parameter, expected >= 0",
  ],
  [
    "classes in shared memory",
    raw("fp32", {
      outputs: [
        {
          name: "OUT",
          parameters: { classification: { int64_param: 1 }, shared_memory_region: { string_param: "r" } },
        },
      ],
    }),
    3,
    "output can't set both 'shared_memory_region' and 'classification'",
  ],
  [
    "a shared memory input",
    {
      model_name: "fp32",
      inputs: [{ ...head, parameters: { shared_memory_region: { string_param: "r" } } }],
    },
    5,
    "Unable to find shared memory region: 'r'",
  ],
  [
    "a shared memory input with contents",
    {
      model_name: "fp32",
      inputs: [
        {
          ...head,
          contents: { fp32_contents: [1, 2] },
          parameters: { shared_memory_region: { string_param: "r" } },
        },
      ],
    },
    3,
    "unexpected 'content' provided when using shared memory for input tensor 'IN' for model 'fp32'",
  ],
];

for (const [what, request, code, message] of refusals) {
  test(`${what} is refused with status ${code} and the contract's words`, async () => {
    assert.deepEqual(await rpc("ModelInfer", request), { code, message });
  });
}

test("a time that the request asked for is UNAVAILABLE, the end of the call itself DEADLINE_EXCEEDED", async () => {
  const method = inferenceProtocol.methods.find(({ path }) => path === pathOf("ModelInfer"));
  assert.ok(method?.kind === "unary");
  const send = (request: object, call = grpcCall()) => {
    const message = inferenceOracle["ModelInfer"]?.requestSerialize(request) ?? Buffer.alloc(0);
    return method.handle(message, call).catch((thrown: unknown) => inferenceProtocol.failure(thrown));
  };
  const message = `${UNKNOWN_ID}Request timeout expired`;
  const asked = send(raw("late", { parameters: { timeout: { int64_param: 5000 } } }));
  await new Promise(setImmediate);
  clock.advance(20);
  assert.deepEqual(await asked, { code: 14, message });
  const call = grpcCall();
  const ended = send(raw("late"), call);
  await new Promise(setImmediate);
  call.context.deadline.end(new PlatformError("deadline_exceeded", "deadline exceeded"));
  assert.deepEqual(await ended, { code: 4, message });
});
