import assert from "node:assert/strict";
import { test } from "node:test";
import { describedModel, recordingPlanes, send, textOf } from "../../../test/kit/native.ts";
import { PlatformError } from "../../base/index.ts";
import type { Json, PredictResponse } from "../../model/index.ts";
import { tensorOf } from "../../tensor/index.ts";
import { encodeCsv } from "./encode-csv.ts";
import { nativeProtocol } from "./native.ts";

const LATE = { label: "late", probability: 0.75, probabilities: { "on time": 0.25, late: 0.75 } };

async function answer(
  response: Partial<PredictResponse>,
  path = "/predict/m",
  headers: Readonly<Record<string, string>> = {},
) {
  const { planes, seen } = recordingPlanes(async () => response, [describedModel("m")]);
  const reply = await send(nativeProtocol(planes), {
    path,
    headers: { "content-type": "application/json", ...headers },
    body: "[[1]]",
  });
  return { reply, seen, text: await textOf(reply) };
}

test("an answer names model, version, predictions, warnings, time and cost", async () => {
  const { reply, text } = await answer({ predictions: [LATE], warnings: ["w"] });
  assert.deepEqual(JSON.parse(text), {
    model: "m",
    version: 1,
    predictions: [LATE],
    warnings: ["w"],
    timing: { queueUs: 1500, computeUs: 250, cpuUs: 200, batchRows: 3 },
    costUs: 310.3,
  });
  assert.deepEqual(reply.headers, {
    "content-type": "application/json",
    "server-timing": "queue;dur=1.5, compute;dur=0.25, total;dur=1.75",
    "x-model": "m",
    "x-model-version": "1",
    "x-sirve-cost-us": "310.3",
  });
});

test("whole inputs are answered by outputs, 64-bit integers with every digit", async () => {
  const outputs = new Map([
    ["ids", tensorOf("INT64", [2], [1n, 9007199254740993n])],
    ["y", tensorOf("FP32", [1, 2], [0.5, Number.NaN])],
  ]);
  const { text } = await answer({ outputs });
  assert.match(text, /"outputs":\{"ids":\[1,9007199254740993\],"y":\[\[0.5,null\]\]\}/);
});

test("outputs asked for are answered beside the predictions, and only those", async () => {
  const outputs = new Map([
    ["a", tensorOf("FP32", [1], [1])],
    ["b", tensorOf("FP32", [1], [2])],
  ]);
  const { text, seen } = await answer({ outputs, predictions: [LATE] }, "/predict/m?outputs=b");
  assert.deepEqual((JSON.parse(text) as { outputs: unknown }).outputs, { b: [2] });
  assert.deepEqual(seen[0]?.outputs, ["b"]);
});

test("a prediction with a 64-bit integer is written without loss", async () => {
  const { text } = await answer({ predictions: [{ label: 9007199254740993n }] });
  assert.match(text, /"predictions":\[\{"label":9007199254740993\}\]/);
});

test("a version in the path is asked for, and one that is none is refused", async () => {
  const { seen } = await answer({ predictions: [] }, "/predict/m/versions/3");
  assert.equal(seen[0]?.version, 3);
  for (const version of ["0", "01", "x", "1.5", "-1"]) {
    const { reply, text } = await answer({ predictions: [] }, `/predict/m/versions/${version}`);
    assert.equal(reply.status, 400);
    assert.match(text, /is no version/);
  }
});

test("Accept chooses CSV or one line per prediction", async () => {
  const csv = await answer({ predictions: [LATE, LATE] }, "/predict/m", { accept: "text/csv" });
  assert.equal(csv.reply.headers["content-type"], "text/csv");
  assert.equal(
    csv.text,
    "label,probability,probabilities.on time,probabilities.late\r\nlate,0.75,0.25,0.75\r\nlate,0.75,0.25,0.75\r\n",
  );
  const lines = await answer({ predictions: [LATE, LATE] }, "/predict/m", {
    accept: "text/html, application/x-ndjson;q=0.9",
  });
  assert.equal(lines.reply.headers["content-type"], "application/x-ndjson");
  assert.deepEqual(
    lines.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
    [LATE, LATE],
  );
});

const csvCases: { readonly predictions: readonly Json[]; readonly csv: string }[] = [
  { predictions: [], csv: "\r\n" },
  { predictions: [1, "a"], csv: "value\r\n1\r\na\r\n" },
  { predictions: [{ a: null, b: [1, 2] }], csv: 'a,b\r\n,"[1,2]"\r\n' },
  { predictions: [{ a: 'x "y", z\n' }, { b: true }], csv: 'a,b\r\n"x ""y"", z\n",\r\n,true\r\n' },
];

for (const { predictions, csv } of csvCases) {
  test(`predictions as CSV: ${JSON.stringify(predictions)}`, () => {
    assert.equal(encodeCsv(predictions), csv);
  });
}

const failures: {
  readonly error: Error;
  readonly status: number;
  readonly code: string;
  readonly retryAfter?: string;
}[] = [
  {
    error: new PlatformError("resource_exhausted", "the queue is full", { retryAfterMs: 2500 }),
    status: 429,
    code: "resource_exhausted",
    retryAfter: "3",
  },
  { error: new PlatformError("unavailable", "loading"), status: 503, code: "unavailable", retryAfter: "1" },
  { error: new PlatformError("deadline_exceeded", "too late"), status: 504, code: "deadline_exceeded" },
  { error: new PlatformError("too_large", "too large"), status: 413, code: "too_large" },
  { error: new Error("a secret of ours"), status: 500, code: "internal" },
];

for (const { error, status, code, retryAfter } of failures) {
  test(`${error.message} is answered as ${status} ${code}`, async () => {
    const { planes } = recordingPlanes(async () => Promise.reject(error));
    const reply = await send(nativeProtocol(planes), { path: "/predict/m", body: "[[1]]" });
    const text = await textOf(reply);
    assert.equal(reply.status, status);
    assert.equal(reply.headers["retry-after"], retryAfter);
    const problem = JSON.parse(text) as Record<string, unknown>;
    assert.equal(problem["code"], code);
    assert.equal(problem["requestId"], "r1");
    assert.equal(problem["type"], `/docs/errors#${code}`);
    assert.doesNotMatch(text, /secret/);
  });
}
