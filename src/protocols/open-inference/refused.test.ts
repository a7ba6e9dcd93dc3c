import assert from "node:assert/strict";
import { test } from "node:test";
import { openInferenceSetUp, restBody, restInput } from "../../../test/kit/open-inference.ts";

/** What is wrong, the model, the body, the status, the text, headers. */
const refused: [string, string, unknown, number, string | RegExp, Record<string, string>?][] = [
  [
    "an input twice",
    "fp32",
    { id: "a", inputs: [restInput([1, 2]), restInput([1, 2])] },
    400,
    "[request id: a] input 'IN' already exists in request",
  ],
  [
    "an output twice",
    "fp32",
    { ...restBody([1, 2]), outputs: [{ name: "OUT" }, { name: "OUT" }] },
    400,
    "[request id: <id_unknown>] output 'OUT' already exists in request",
  ],
  [
    "an unknown output",
    "fp32",
    { ...restBody([1, 2]), outputs: [{ name: "NO" }] },
    400,
    "[request id: <id_unknown>] unexpected inference output 'NO', allowed outputs are: OUT",
  ],
  [
    "an unknown input",
    "fp32",
    { inputs: [{ ...restInput([1, 2]), name: "NO" }] },
    400,
    "[request id: <id_unknown>] unexpected inference input 'NO', allowed inputs are: IN",
  ],
  [
    "a missing input",
    "pair",
    { inputs: [{ ...restInput([1, 2]), name: "A" }] },
    400,
    "[request id: <id_unknown>] expected 2 inputs but got 1 inputs for model 'pair'. Got input(s) ['A'], but missing required input(s) ['B']. Please provide all required input(s).",
  ],
  [
    "a missing required input",
    "two",
    { inputs: [{ ...restInput([1, 2]), name: "B" }] },
    400,
    "[request id: <id_unknown>] expected number of inputs between 1 and 2 but got 1 inputs for model 'two'. Got input(s) ['B'], but missing required input(s) ['A']. Please provide all required input(s).",
  ],
  [
    "another datatype",
    "fp32",
    restBody([1, 2], { datatype: "INT32" }),
    400,
    "[request id: <id_unknown>] inference input 'IN' data-type is 'INT32', but model 'fp32' expects 'FP32'",
  ],
  [
    "another shape",
    "fp32",
    restBody([1, 2, 3], { shape: [1, 3] }),
    400,
    /^\[request id: <id_unknown>\] unexpected shape for input 'IN' for model 'fp32'. Expected \[-1,2\], got \[1,3\]\. NOTE: /,
  ],
  [
    "another full shape",
    "fixed",
    restBody([1, 2]),
    400,
    "[request id: <id_unknown>] unexpected shape for input 'IN' for model 'fixed'. Expected [2,2], got [1,2].",
  ],
  [
    "no rows axis",
    "fp32",
    restBody([1], { shape: [] }),
    400,
    "[request id: <id_unknown>] input 'IN' has no shape but model requires batch dimension for 'fp32'",
  ],
  [
    "different rows",
    "pair",
    {
      inputs: [
        { ...restInput([1, 2]), name: "A" },
        { ...restInput([1, 2, 3, 4]), name: "B", shape: [2, 2] },
      ],
    },
    400,
    "[request id: <id_unknown>] input 'B' batch size does not match other inputs for 'pair'",
  ],
  ["an unknown model", "none", restBody([1, 2]), 404, "Request for unknown model: 'none' is not found"],
  [
    "no ready version",
    "gone",
    restBody([1, 2]),
    404,
    "Request for unknown model: 'gone' has no available versions",
  ],
  [
    "a full queue",
    "full",
    { id: "z", ...restBody([1, 2]) },
    503,
    "[request id: z] Exceeds maximum queue size",
  ],
  ["a failing model", "wrong", restBody([1, 2]), 500, "[request id: <id_unknown>] the model failed"],
  [
    "a reserved parameter",
    "fp32",
    { ...restBody([1, 2]), parameters: { triton_x: 1 } },
    400,
    "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
  ],
  [
    "a parameter of another type",
    "fp32",
    { ...restBody([1, 2]), parameters: { a: [1] } },
    400,
    "parameter 'a' has invalid type. It should be either 'int', 'bool', or 'string'.",
  ],
  [
    "a sequence",
    "fp32",
    { ...restBody([1, 2]), parameters: { sequence_id: 5, sequence_start: true } },
    501,
    /^sequences are not supported/,
  ],
  [
    "a shared memory input",
    "fp32",
    {
      inputs: [
        {
          name: "IN",
          shape: [1, 2],
          datatype: "FP32",
          parameters: { shared_memory_region: "r", shared_memory_byte_size: 8 },
        },
      ],
    },
    404,
    "Unable to find shared memory region: 'r'",
  ],
  [
    "a shared memory output",
    "fp32",
    { ...restBody([1, 2]), outputs: [{ name: "OUT", parameters: { shared_memory_region: "r" } }] },
    404,
    "Unable to find shared memory region: 'r'",
  ],
  [
    "two homes of an output",
    "fp32",
    {
      ...restBody([1, 2]),
      outputs: [{ name: "OUT", parameters: { shared_memory_region: "r", binary_data: true } }],
    },
    400,
    "Output can't set both 'shared_memory_region' and 'binary_data'",
  ],
  [
    "classes in shared memory",
    "fp32",
    {
      ...restBody([1, 2]),
      outputs: [{ name: "OUT", parameters: { shared_memory_region: "r", classification: 1 } }],
    },
    400,
    "Output can't set both 'shared_memory_region' and 'classification'",
  ],
  [
    "too many classes",
    "fp32",
    { ...restBody([1, 2]), outputs: [{ name: "OUT", parameters: { classification: 1_000_001 } }] },
    400,
    /classification/,
  ],
  [
    "a header that is no number",
    "fp32",
    restBody([1, 2]),
    400,
    "Unable to parse Inference-Header-Content-Length, got: abc",
    { "inference-header-content-length": "abc" },
  ],
  [
    "a header beyond the body",
    "fp32",
    "{}",
    400,
    "inference header size should be in range (0, 2), got: 3",
    { "inference-header-content-length": "3" },
  ],
  [
    "a negative header",
    "fp32",
    "{}",
    400,
    "inference header size should be in range (0, 2), got: -1",
    { "inference-header-content-length": "-1" },
  ],
  [
    "binary data without a header",
    "fp32",
    { inputs: [{ name: "IN", shape: [1, 2], datatype: "FP32", parameters: { binary_data_size: 8 } }] },
    400,
    "unexpected size for input 'IN', expecting 8 additional bytes for model 'fp32'",
  ],
  [
    "two sources",
    "fp32",
    restBody([1, 2], { parameters: { binary_data_size: 0 } }),
    400,
    /has both 'data' and 'binary_data_size'/,
  ],
  [
    "a raw request for two inputs",
    "pair",
    "",
    400,
    "Raw request must only have 1 input (found 1) to be deduced but got 2 inputs in 'pair' model configuration",
  ],
  [
    "a raw request with two free dimensions",
    "cube",
    "",
    400,
    "The shape of the raw input 'IN' can not be deduced because there are more than one variable-sized dimension",
  ],
  [
    "a raw request for strings",
    "text",
    "",
    400,
    "For BYTE datatype raw input 'IN', the model must have input shape [1]",
  ],
  [
    "a raw request of another size",
    "fp32",
    "",
    400,
    "[request id: <id_unknown>] input byte size mismatch for input 'IN' for model 'fp32'. Expected 8, got 0",
  ],
];

for (const [what, model, body, status, text, headers] of refused) {
  test(`${what} is refused with ${status} and the contract's words`, async () => {
    const answer = await openInferenceSetUp().infer(model, body, headers);
    const { error } = JSON.parse(answer.text) as { error: string };
    if (typeof text === "string") assert.equal(error, text);
    else assert.match(error, text);
    assert.equal(answer.status, status);
  });
}
