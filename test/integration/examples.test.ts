import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { needs } from "../kit/require.ts";
import { startServer, type TestServer } from "../kit/server.ts";

/** The requests that `npm start` prints as curls. */
const REQUESTS = JSON.parse(readFileSync("examples/data/requests.json", "utf8")) as Readonly<
  Record<string, { readonly file: string; readonly contentType: string }>
>;

let server: TestServer;
before(async () => {
  server = await startServer({ models: "examples/models" });
});
after(async () => {
  assert.equal(await server.stop(), 0, server.output());
});

interface Answer {
  readonly model: string;
  readonly version: number | string;
  readonly predictions: readonly Readonly<Record<string, unknown>>[];
}

/** Sends the example of `model` just as the printed curl does. */
async function predict(model: string): Promise<Answer> {
  const request = REQUESTS[model];
  assert.ok(request, `requests.json lacks ${model}`);
  const response = await fetch(`${server.url}/predict/${model}`, {
    method: "POST",
    headers: { "content-type": request.contentType },
    body: readFileSync(join("examples/data", request.file)),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text) as Answer;
}

test("flights get a label and probabilities", async () => {
  const { predictions } = await predict("flight-delay");
  assert.equal(predictions.length, 2);
  assert.equal(predictions[0]?.["label"], "on time");
});

test("customers get a label, with a missing number among their columns", async () => {
  const { predictions } = await predict("churn");
  assert.deepEqual(
    predictions.map(({ label }) => label),
    ["yes", "no"],
  );
});

test("a mail is found to be spam", async () => {
  const { predictions } = await predict("spam");
  assert.equal(predictions[0]?.["label"], "spam");
});

test("a picture is found to be an ankle boot", async () => {
  const { predictions } = await predict("fashion");
  assert.equal(predictions[0]?.["label"], "Ankle boot");
});

test("a printed line is read", { skip: needs("ocr model") }, async () => {
  const { predictions } = await predict("ocr");
  assert.equal(predictions[0]?.["text"], "Models answer in 2026");
});

test("speech is found in a sound", { skip: needs("voice activity model") }, async () => {
  const { predictions } = await predict("voice-activity");
  const { segments } = predictions[0] as { readonly segments: readonly { readonly startMs: number }[] };
  assert.equal(segments.length, 2);
  // The file begins with 600 ms of silence.
  assert.ok(segments.every(({ startMs }) => startMs >= 500));
});

test("every example model has a request", async () => {
  const response = await fetch(`${server.url}/api/v1/models`);
  const { models } = (await response.json()) as { readonly models: readonly { readonly model: string }[] };
  const names = models.map(({ model }) => model);
  assert.deepEqual(names.toSorted(), Object.keys(REQUESTS).toSorted());
});
