import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_BODY, openInferenceSetUp, restBody } from "../../../test/kit/open-inference.ts";

/** What is wrong, the model, the body, the status, the text, headers. */
const malformed: [string, string, unknown, number, string | RegExp, Record<string, string>?][] = [
  [
    "no JSON",
    "fp32",
    "{",
    500,
    /^failed to parse the request JSON buffer: invalid JSON: got the end of the text at byte 1/,
  ],
  ["no object", "fp32", "[]", 500, /expected an object/],
  [
    "too deep",
    "fp32",
    `{"a":${"[".repeat(200)}${"]".repeat(200)}}`,
    400,
    "JSON nesting depth exceeds maximum allowed limit (100)",
  ],
  ["no inputs", "fp32", {}, 500, /^Unable to parse 'inputs'/],
  [
    "negative dimension",
    "fp32",
    restBody([1, 2], { shape: [-1, 2] }),
    500,
    "Unable to parse 'shape': attempt to access JSON non-unsigned-integer as unsigned-integer",
  ],
  ["fractional dimension", "fp32", restBody([1, 2], { shape: [1.5, 2] }), 500, /non-unsigned-integer/],
  [
    "unknown datatype",
    "fp32",
    restBody([1, 2], { datatype: "FLOAT" }),
    400,
    "invalid datatype 'FLOAT' for input 'IN'",
  ],
  [
    "too few values",
    "fp32",
    restBody([1]),
    500,
    "Unable to parse 'data': Shape does not match true shape of 'data' field",
  ],
  [
    "too many values",
    "fp32",
    restBody([1, 2, 3]),
    500,
    "Unable to parse 'data': Shape does not match true shape of 'data' field",
  ],
  [
    "a string for a number",
    "fp32",
    restBody(["1", 2]),
    500,
    "Unable to parse 'data': attempt to access JSON non-number as double",
  ],
  [
    "null for a number",
    "fp32",
    restBody([null, 2]),
    500,
    "Unable to parse 'data': attempt to access JSON non-number as double",
  ],
  [
    "a fraction for an integer",
    "int8",
    restBody([1.5, 2], { datatype: "INT8" }),
    500,
    "Unable to parse 'data': attempt to access JSON non-signed-integer as signed-integer",
  ],
  [
    "a number out of range",
    "int8",
    restBody([128, 2], { datatype: "INT8" }),
    400,
    "Unable to parse 'data': a value of input 'IN' is outside the range of INT8",
  ],
  [
    "a negative for an unsigned",
    "uint64",
    restBody([-1, 2], { datatype: "UINT64" }),
    500,
    "Unable to parse 'data': attempt to access JSON non-unsigned-integer as unsigned-integer",
  ],
  [
    "a number for a boolean",
    "bool",
    restBody([1, 0], { datatype: "BOOL" }),
    500,
    "Unable to parse 'data': attempt to access JSON non-boolean as boolean",
  ],
  [
    "a number for a string",
    "text",
    restBody([1, "a"], { datatype: "BYTES" }),
    500,
    /^Unable to parse JSON bytes array: /,
  ],
  [
    "too few strings",
    "text",
    restBody(["a"], { datatype: "BYTES" }),
    400,
    "[request id: <id_unknown>] expected 2 string elements for inference input 'IN' for model 'text', got 1",
  ],
  [
    "too many strings",
    "text",
    restBody(["a", "b", "c"], { datatype: "BYTES" }),
    400,
    "[request id: <id_unknown>] unexpected number of string elements 3 for inference input 'IN' for model 'text', expecting 2",
  ],
  [
    "half precision",
    "fp16",
    restBody([1, 2], { datatype: "FP16" }),
    400,
    "receiving FP16 data via JSON is not supported. Please use the binary data format for input IN",
  ],
  [
    "no data",
    "fp32",
    { inputs: [{ name: "IN", shape: [1, 2], datatype: "FP32" }] },
    500,
    /^Unable to parse 'data'/,
  ],
  [
    "data that is no array",
    "fp32",
    restBody("x"),
    500,
    "Unable to parse 'data': attempt to access JSON non-array as array",
  ],
  [
    "bad JSON inside data",
    "fp32",
    '{"inputs":[{"name":"IN","shape":[1,2],"datatype":"FP32","data":[1,,2]}]}',
    500,
    /^failed to parse the request JSON buffer/,
  ],
  [
    "more elements than 2^63",
    "fp32",
    restBody([1], { shape: [2 ** 31, 2 ** 31, 4] }),
    400,
    "invalid shape for input 'IN': shape [2147483648,2147483648,4] causes total element count to exceed maximum size of 9223372036854775807",
  ],
  [
    "more bytes than 2^53",
    "fp32",
    restBody([1], { shape: [2 ** 31, 2 ** 22] }),
    400,
    /^byte size overflow for input 'IN': element count \(9007199254740992\) \* data type size \(4\)/,
  ],
  [
    "an input above the limit",
    "fp32",
    restBody([1], { shape: [MAX_BODY, 2] }),
    400,
    `JSON input 'IN' has a byte_size (8388608 bytes) that exceeds the maximum allowed value of ${MAX_BODY} bytes. Use --http-max-input-size to increase the limit.`,
  ],
];

for (const [what, model, body, status, text, headers] of malformed) {
  test(`${what} is refused with ${status} and the contract's words`, async () => {
    const answer = await openInferenceSetUp().infer(model, body, headers);
    const { error } = JSON.parse(answer.text) as { error: string };
    if (typeof text === "string") assert.equal(error, text);
    else assert.match(error, text);
    assert.equal(answer.status, status);
  });
}
