import assert from "node:assert/strict";
import { test } from "node:test";
import { adminOver } from "../../../test/kit/admin.ts";
import { describedModel, recordingPlanes, send, textOf } from "../../../test/kit/native.ts";

const SIGNATURE = {
  inputs: [{ name: "age", dtype: "FP32", shape: [-1, 1], batchAxis: 0 }],
  outputs: [{ name: "y", dtype: "FP32", shape: [-1, 1], batchAxis: 0, labels: ["a"] }],
} as const;
const MODELS = [
  describedModel("m", SIGNATURE, { description: "ages", columns: [{ name: "age", min: 0 }] }),
  describedModel("broken"),
];

async function call(method: string, path: string) {
  const { planes } = recordingPlanes(async () => ({}), MODELS);
  const reply = await send(adminOver(planes), { method, path });
  return { status: reply.status, body: JSON.parse(await textOf(reply)) as Record<string, unknown> };
}

test("the list tells readiness and every model", async () => {
  const { status, body } = await call("GET", "/api/v1/models");
  assert.equal(status, 200);
  assert.equal(body["ready"], true);
  assert.equal((body["models"] as unknown[]).length, 2);
});

test("a model is shown with its tensors and columns", async () => {
  const { body } = await call("GET", "/api/v1/models/m");
  assert.equal(body["serving"], 1);
  assert.deepEqual(body["description"], {
    version: 1,
    text: "ages",
    inputs: [{ name: "age", dtype: "FP32", shape: [-1, 1] }],
    outputs: [{ name: "y", dtype: "FP32", shape: [-1, 1], labels: ["a"] }],
    columns: [{ name: "age", dtype: "FP32", shape: [], optional: false, min: 0 }],
    licence: "",
    origin: "",
  });
});

const calls: {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code?: string;
}[] = [
  { method: "GET", path: "/api/v1/models/m/versions/1", status: 200 },
  { method: "GET", path: "/api/v1/models/m/versions/2", status: 404, code: "not_found" },
  { method: "GET", path: "/api/v1/models/m/versions/x", status: 400, code: "invalid_argument" },
  { method: "GET", path: "/api/v1/models/other", status: 404, code: "not_found" },
  { method: "POST", path: "/api/v1/models/m/load", status: 200 },
  { method: "POST", path: "/api/v1/models/m/load?version=2", status: 404, code: "not_found" },
  { method: "POST", path: "/api/v1/models/broken/load", status: 400, code: "failed_precondition" },
  { method: "POST", path: "/api/v1/models/m/versions/1/unload", status: 200 },
  { method: "POST", path: "/api/v1/models/m/unload", status: 200 },
  { method: "POST", path: "/api/v1/models/other/unload", status: 404, code: "not_found" },
  { method: "GET", path: "/api/v1/statistics", status: 200 },
  { method: "GET", path: "/api/v1/models/m/statistics", status: 200 },
  { method: "GET", path: "/api/v1/models/other/statistics", status: 404, code: "not_found" },
];

for (const { method, path, status, code } of calls) {
  test(`${method} ${path} is answered with ${status}`, async () => {
    const answer = await call(method, path);
    assert.equal(answer.status, status);
    if (code !== undefined) assert.equal(answer.body["code"], code);
  });
}

test("what needs a registry is refused with the way to one", async () => {
  const { status, body } = await call("GET", "/api/v1/audit");
  assert.equal(status, 400);
  assert.equal(body["code"], "failed_precondition");
  assert.match(String(body["hint"]), /--data/);
});

test("the list comes in pages where the query asks for them", async () => {
  const first = await call("GET", "/api/v1/models?limit=1");
  assert.deepEqual(
    (first.body["models"] as { model: string }[]).map(({ model }) => model),
    ["broken"],
  );
  const second = await call("GET", `/api/v1/models?limit=1&after=${String(first.body["next"])}`);
  assert.deepEqual(
    (second.body["models"] as { model: string }[]).map(({ model }) => model),
    ["m"],
  );
  assert.equal(second.body["next"], undefined);
});

test("the server says that it serves a folder", async () => {
  const { body } = await call("GET", "/api/v1/server");
  assert.equal(body["mode"], "folder");
  assert.equal(body["authentication"], false);
});

test("whoever needs no credentials is told to be an administrator of everything", async () => {
  const { body } = await call("GET", "/api/v1/me");
  assert.deepEqual(body, { id: "", role: "admin", models: ["*"] });
});
