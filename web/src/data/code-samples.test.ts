import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { Description } from "./api.ts";
import { type Asked, codeSamples } from "./code-samples.ts";

const columns = [
  { name: "who's", dtype: "BYTES", shape: [], optional: false, examples: ["it's $HOME `ls` true"] },
  { name: "age", dtype: "FP32", shape: [], optional: false, min: 0, max: 100 },
];
const inputs = [
  { name: "who's", dtype: "BYTES", shape: [-1, 1] },
  { name: "age", dtype: "FP32", shape: [-1, 1] },
];
const description: Description = {
  version: 1,
  text: "",
  inputs,
  outputs: [],
  columns,
  licence: "",
  origin: "",
};
const asked: Asked = {
  url: "http://127.0.0.1:8080",
  name: "churn",
  description,
  grpcPort: 9000,
  hasKey: false,
};

const codeOf = (name: string, more: Partial<Asked> = {}) =>
  codeSamples({ ...asked, ...more }).find((one) => one.name === name)?.code ?? "";

/** The arguments that a shell makes of a command. */
const argumentsOf = (command: string) =>
  execFileSync("sh", ["-c", `set -- ${command}; for one in "$@"; do printf '%s\\0' "$one"; done`])
    .toString("utf8")
    .split("\0");

test("a shell hands on what the model takes, whatever is in it", () => {
  const body = argumentsOf(codeOf("curl")).find((one) => one.startsWith("{")) ?? "";
  assert.deepEqual(JSON.parse(body), { rows: [{ "who's": "it's $HOME `ls` true", age: 50 }] });
});

test("grpcurl gets the values of each type where the message has them", () => {
  const message = argumentsOf(codeOf("grpcurl")).find((one) => one.startsWith("{")) ?? "";
  const tensors = (JSON.parse(message) as { inputs: { contents: Record<string, unknown> }[] }).inputs;
  assert.deepEqual(tensors[1]?.contents, { fp32_contents: [50] });
  const words = (tensors[0]?.contents["bytes_contents"] ?? []) as string[];
  assert.deepEqual(words.map(atob), ["it's $HOME `ls` true"]);
});

test("Python gets its own words for true, false and null, and texts as they are", () => {
  const code = codeOf("Python", { rows: [{ a: true, b: null, c: "true", d: false }] });
  assert.ok(code.includes('[{"a":True,"b":None,"c":"true","d":False}]'), code);
});

test("a key comes from the environment and is never in the code", () => {
  for (const { code } of codeSamples({ ...asked, hasKey: true })) assert.match(code, /SIRVE_API_KEY/);
  for (const { code } of codeSamples(asked)) assert.doesNotMatch(code, /SIRVE_API_KEY/);
});

test("where gRPC does not listen there is no code for it", () => {
  assert.equal(codeOf("grpcurl", { grpcPort: undefined }), "");
});
