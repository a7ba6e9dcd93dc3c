import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describedModel, recordingPlanes, send, textOf } from "../../../test/kit/native.ts";
import { STATUS } from "../../base/index.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";
import { DTYPES } from "../../tensor/index.ts";
import { nativeProtocol } from "./native.ts";

const spec = (name: string, dtype: TensorSpec["dtype"], shape: readonly number[]): TensorSpec => ({
  name,
  dtype,
  shape,
  batchAxis: 0,
});

const manifestOf = (model: string) =>
  JSON.parse(readFileSync(`examples/models/${model}/model.json`, "utf8")) as object;

const FLIGHT: Signature = {
  inputs: [
    ...["origin", "destination"].map((name) => spec(name, "BYTES", [-1, 1])),
    ...["distance", "hour", "dayOfWeek", "month"].map((name) => spec(name, "FP32", [-1, 1])),
  ],
  outputs: [spec("label", "INT64", [-1]), spec("probabilities", "FP32", [-1, 2])],
};
const IMAGE: Signature = {
  inputs: [spec("x", "FP32", [-1, 1, 28, 28])],
  outputs: [spec("logits", "FP32", [-1, 10])],
};
const SOUND: Signature = {
  inputs: [spec("input", "FP32", [-1, -1]), spec("state", "FP32", [2, -1, 128]), spec("sr", "INT64", [])],
  outputs: [spec("output", "FP32", [-1, 1]), spec("stateN", "FP32", [-1, -1, -1])],
};
const EVERY: Signature = {
  inputs: DTYPES.map((dtype) => spec(`in_${dtype}`, dtype, [-1, 2])),
  outputs: DTYPES.map((dtype) => spec(dtype, dtype, [-1, 2])),
};

const MODELS = [
  describedModel("flight-delay", FLIGHT, manifestOf("flight-delay")),
  describedModel("fashion", IMAGE, manifestOf("fashion")),
  describedModel("voice-activity", SOUND, manifestOf("voice-activity")),
  describedModel(
    "spam",
    { inputs: [spec("text", "BYTES", [-1, 1])], outputs: FLIGHT.outputs },
    manifestOf("spam"),
  ),
  describedModel("every", EVERY),
  describedModel("a.b"),
  describedModel("a-b"),
];

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly post?: Operation; readonly get?: Operation }>>;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

async function document(): Promise<Document> {
  const { planes } = recordingPlanes(async () => ({}), MODELS);
  const reply = await send(nativeProtocol(planes), { method: "GET", path: "/openapi.json" });
  return JSON.parse(await textOf(reply)) as Document;
}

test("the document is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate((await document()) as unknown as Record<string, unknown>);
  assert.deepEqual(result.errors ?? [], []);
  assert.equal(result.valid, true);
});

test("every loaded model has an operation of its own, and no two share an id", async () => {
  const { paths } = await document();
  for (const { status } of MODELS) assert.ok(paths[`/predict/${status.model}`]?.post, status.model);
  const ids = Object.values(paths).flatMap(({ get, post }) =>
    [get, post].flatMap((operation) => operation?.operationId ?? []),
  );
  assert.equal(new Set(ids).size, ids.length);
});

test("pictures and sounds can be chosen as files, and rows come with an example", async () => {
  const { paths } = await document();
  const typesOf = (model: string) =>
    Object.keys(paths[`/predict/${model}`]?.post?.requestBody?.content ?? {});
  assert.deepEqual(typesOf("fashion"), ["image/png", "image/jpeg", "image/webp", "application/json"]);
  assert.deepEqual(typesOf("voice-activity"), ["audio/wav", "application/json"]);
  assert.ok(typesOf("spam").includes("text/plain"));
  const json = paths["/predict/flight-delay"]?.post?.requestBody?.content["application/json"];
  assert.deepEqual(json?.example, {
    rows: [{ origin: "ABE", destination: "ABE", distance: 2496, hour: 12, dayOfWeek: 4, month: 7 }],
  });
});

test("every route of the protocol is in the document, but for the page and the document itself", async () => {
  const { paths } = await document();
  const { planes } = recordingPlanes(async () => ({}));
  const routes = nativeProtocol(planes).routes.filter(({ path }) => !/^\/(docs|openapi)/.test(path));
  for (const { method, path } of routes) {
    assert.ok(Object.hasOwn(paths[path] ?? {}, method.toLowerCase()), `${method} ${path}`);
  }
});

test("the page loads nothing from elsewhere and runs no inline script", async () => {
  const protocol = nativeProtocol(recordingPlanes(async () => ({})).planes);
  const page = await send(protocol, { method: "GET", path: "/docs" });
  const html = await textOf(page);
  const policy = page.headers["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'; script-src 'self';/);
  assert.doesNotMatch(html, /https?:|<script>|\son\w+=/);
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
  assert.ok(files.length >= 4);
  for (const path of files) {
    const reply = await send(protocol, { method: "GET", path });
    assert.equal(reply.status, 200, path);
    assert.ok((await textOf(reply)).length > 50, path);
  }
});

test("nothing else of the package or the disk is served", async () => {
  const protocol = nativeProtocol(recordingPlanes(async () => ({})).planes);
  for (const name of ["package.json", "index.html", "..%2Fpackage.json", "swagger-ui.js.map", "__proto__"]) {
    assert.equal((await send(protocol, { method: "GET", path: `/docs/${name}` })).status, 404, name);
  }
});

test("the page of errors has an anchor for every code that a problem points to", async () => {
  const protocol = nativeProtocol(recordingPlanes(async () => ({})).planes);
  const html = await textOf(await send(protocol, { method: "GET", path: "/docs/errors" }));
  assert.match(html, /<tr id="invalid_argument">/);
  assert.equal([...html.matchAll(/<tr id=/g)].length, Object.keys(STATUS).length);
});
