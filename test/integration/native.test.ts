import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { needs } from "../kit/require.ts";
import { startServer, type TestServer } from "../kit/server.ts";

let server: TestServer;
before(async () => {
  server = await startServer({ models: "examples/models", args: ["--version-policy", "all"] });
});
after(async () => {
  assert.equal(await server.stop(), 0, server.output());
});

type Row = Readonly<Record<string, string | number | null>>;

interface Prediction {
  readonly label?: string | number;
  readonly probability?: number;
  readonly probabilities?: Readonly<Record<string, number>>;
}

interface Answer {
  readonly model: string;
  readonly version: number;
  readonly predictions: readonly Prediction[];
  readonly outputs: Readonly<Record<string, readonly number[][]>>;
  readonly warnings?: readonly string[];
}

interface Sample {
  readonly inputs: Row;
  readonly image: string;
  readonly outputs: {
    readonly label?: string | number;
    readonly output_label?: string;
    readonly probabilities?: number[];
    readonly logits?: number[];
    readonly output_probability?: Row;
  };
  readonly version2?: { readonly label: string; readonly probabilities: number[] };
}

const JSON_TYPE = { "content-type": "application/json" };

function samplesOf(model: string): readonly Sample[] {
  const text = readFileSync(`test/artifacts/models/${model}/samples.json`, "utf8");
  return (JSON.parse(text) as { readonly samples: readonly Sample[] }).samples;
}

async function post(
  path: string,
  body: string | Uint8Array | FormData,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: "POST",
    body: body as NonNullable<RequestInit["body"]>,
    headers,
  });
}

async function predict(path: string, body: unknown): Promise<Answer> {
  const response = await post(path, JSON.stringify(body), { "content-type": "application/json" });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text) as Answer;
}

function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((actual[i] ?? Number.NaN) - value) <= tolerance, `${actual} is not ${expected}`);
  }
}

test("flights are predicted as XGBoost does, by rows, by arrays and by CSV", async () => {
  const samples = samplesOf("flight-delay");
  const rows = samples.map(({ inputs }) => inputs);
  const columns = ["origin", "destination", "distance", "hour", "dayOfWeek", "month"];
  const arrays = rows.map((row) => columns.map((name) => row[name] ?? null));
  const byName = await predict("/predict/flight-delay", { rows });
  for (const [i, { outputs }] of samples.entries()) {
    const prediction = byName.predictions[i];
    assert.equal(prediction?.label, outputs.label === 1 ? "late" : "on time");
    assertClose(Object.values(prediction?.probabilities ?? {}), outputs.probabilities ?? [], 1e-6);
  }
  assert.deepEqual((await predict("/predict/flight-delay", arrays)).predictions, byName.predictions);
  const csv = [columns, ...arrays].map((line) => line.map((cell) => cell ?? "").join(",")).join("\r\n");
  const response = await post("/predict/flight-delay", csv, { "content-type": "text/csv" });
  assert.deepEqual(((await response.json()) as Answer).predictions, byName.predictions);
});

/** Checks label and probabilities of one prediction. */
function assertPrediction(
  prediction: Prediction | undefined,
  label: unknown,
  probabilities: readonly number[],
): void {
  assert.equal(prediction?.label, label);
  assertClose(Object.values(prediction?.probabilities ?? {}), probabilities, 1e-6);
}

test("customers are predicted as scikit-learn does, with ZipMap and without, missing values included", async () => {
  const samples = samplesOf("churn");
  const rows = samples.map(({ inputs }) => inputs);
  const zipped = await predict("/predict/churn/versions/1", rows);
  const plain = await predict("/predict/churn/versions/2", rows);
  for (const [i, { outputs, version2 }] of samples.entries()) {
    const map = Object.values(outputs.output_probability ?? {}).map(Number);
    assertPrediction(zipped.predictions[i], outputs.output_label, map);
    assertPrediction(plain.predictions[i], version2?.label, version2?.probabilities ?? []);
  }
  assert.ok(plain.warnings?.some((warning) => /"ZZ" is none of its 51 known values/.test(warning)));
});

test("mails are predicted as scikit-learn does, as rows and as plain text", async () => {
  const samples = samplesOf("spam");
  const { predictions } = await predict("/predict/spam", { rows: samples.map(({ inputs }) => inputs) });
  for (const [i, { outputs }] of samples.entries()) {
    assertClose(Object.values(predictions[i]?.probabilities ?? {}), outputs.probabilities ?? [], 1e-5);
  }
  const text = String(samples[0]?.inputs["text"]);
  const response = await post("/predict/spam", text, { "content-type": "text/plain" });
  assert.equal(((await response.json()) as Answer).predictions[0]?.label, samples[0]?.outputs.label);
});

test("pictures give the logits of the model's own library, raw, in a form and in base64", async () => {
  for (const { image, outputs } of samplesOf("fashion").slice(0, 8)) {
    const file = readFileSync(`test/artifacts/${image}`);
    const path = "/predict/fashion/versions/1?outputs=logits";
    const raw = (await (await post(path, file, { "content-type": "image/png" })).json()) as Answer;
    assertClose(raw.outputs["logits"]?.[0] ?? [], outputs.logits ?? [], 1e-4);
    const form = new FormData();
    form.append("file", new Blob([file], { type: "image/png" }), "picture.png");
    const formed = (await (await post(path, form)).json()) as Answer;
    const encoded = await predict(path, { image: file.toString("base64") });
    assert.deepEqual([formed.outputs, encoded.outputs], [raw.outputs, raw.outputs]);
  }
});

test("a line of print is read and speech is found", {
  skip: needs("ocr model") || needs("voice activity model"),
}, async () => {
  const line = await post("/predict/ocr", readFileSync("examples/data/text-line.png"));
  const [read] = ((await line.json()) as { predictions: { text: string; confidence: number }[] }).predictions;
  assert.equal(read?.text, "Models answer in 2026");
  assert.ok(read.confidence > 0.9);
  const sound = await post("/predict/voice-activity", readFileSync("examples/data/speech.wav"));
  const [heard] = ((await sound.json()) as { predictions: { segments: unknown[]; seconds: number }[] })
    .predictions;
  assert.equal(heard?.segments.length, 2);
  assert.ok(heard.seconds > 5 && heard.seconds < 6);
});

test("whole inputs are answered by outputs, with integers of 64 bits", async () => {
  const inputs = {
    origin: [["ORD"]],
    destination: [["MSP"]],
    distance: [[334]],
    hour: [[13]],
    dayOfWeek: [[3]],
    month: [[6]],
  };
  const { outputs } = await predict("/predict/flight-delay", { inputs });
  assert.deepEqual(outputs["label"], [0]);
  assertClose(outputs["probabilities"]?.[0] ?? [], [0.84545237, 0.15454764], 1e-6);
});

/** An upload that is still open, and how to go on with it. */
function openUpload(): { body: ReadableStream<Uint8Array>; send: (line: string) => void; end: () => void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  return { body, send: (line) => controller?.enqueue(Buffer.from(line)), end: () => controller?.close() };
}

test("lines are answered while the client is still sending", async () => {
  const row = JSON.stringify(samplesOf("flight-delay")[0]?.inputs);
  const { body, send, end } = openUpload();
  send(`${row}\n`);
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  const response = await fetch(`${server.url}/predict/flight-delay/stream`, init);
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => (await reader.read()).value ?? "";
  assert.match(await next(), /^\{"line":1,.*"label":"on time"/);
  send("{}\n");
  assert.match(await next(), /^\{"line":2,"error":.*"code":"invalid_argument"/);
  send(`${row}\n`);
  assert.match(await next(), /^\{"line":3,/);
  end();
  assert.equal(await next(), "");
});

test("errors are problems with code, field, value and expectation, and the request's id", async () => {
  const response = await post(
    "/predict/flight-delay",
    '{"origin":"ORD","destination":"MSP","distance":"far"}',
    { "content-type": "application/json", "x-request-id": "mine-1" },
  );
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const { title: _title, type: _type, ...problem } = (await response.json()) as Record<string, unknown>;
  assert.deepEqual(problem, {
    status: 400,
    detail: 'row 1, column "distance": got "far" (string), expected a number',
    code: "invalid_argument",
    field: "rows[0].distance",
    got: '"far" (string)',
    expected: "a number",
    requestId: "mine-1",
  });
  assert.equal((await post("/predict/nobody", "{}")).status, 404);
  assert.equal((await fetch(`${server.url}/predict/flight-delay`)).status, 405);
});

test("an answer tells version, time and cost in its headers", async () => {
  const response = await post("/predict/churn", JSON.stringify([samplesOf("churn")[0]?.inputs]), JSON_TYPE);
  assert.equal(response.headers.get("x-model"), "churn");
  assert.equal(response.headers.get("x-model-version"), "2");
  assert.match(
    response.headers.get("server-timing") ?? "",
    /^queue;dur=[\d.]+, compute;dur=[\d.]+, total;dur=[\d.]+$/,
  );
  assert.ok(Number(response.headers.get("x-sirve-cost-us")) >= 0);
});

test("the page, its document and every model's description are there", async () => {
  for (const path of [
    "/docs",
    "/openapi.json",
    "/api/v1/models",
    "/api/v1/models/churn",
    "/api/v1/statistics",
  ]) {
    assert.equal((await fetch(`${server.url}${path}`)).status, 200, path);
  }
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, unknown>;
  };
  assert.ok(paths["/predict/churn"] && paths["/predict/fashion"] && paths["/predict/spam"]);
});
