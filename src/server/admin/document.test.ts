import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { adminOver } from "../../../test/kit/admin.ts";
import { recordingPlanes, send, textOf } from "../../../test/kit/native.ts";
import { operations } from "../../admin/index.ts";
import { nativeProtocol } from "../../protocols/index.ts";
import { managementDocument } from "./document.ts";

interface Described {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> };

const { planes } = recordingPlanes(async () => ({}));

async function document(): Promise<Document> {
  const protocol = nativeProtocol(planes, { management: managementDocument() });
  return JSON.parse(await textOf(await send(protocol, { method: "GET", path: "/openapi.json" }))) as Document;
}

test("the whole document is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate(await document());
  assert.deepEqual(result.errors ?? [], []);
  assert.equal(result.valid, true);
});

test("every route of the management API is in the document under its id", async () => {
  const { paths } = await document();
  for (const { method, path } of adminOver(planes).routes) {
    assert.ok(paths[path]?.[method.toLowerCase()], `${method} ${path}`);
  }
  const ids = Object.values(paths).flatMap((one) => Object.values(one).map(({ operationId }) => operationId));
  assert.equal(new Set(ids).size, ids.length);
  for (const id of Object.keys(operations)) assert.ok(ids.includes(id), id);
});

test("a promotion is described with its path, its headers, its body and its status", async () => {
  const { paths } = await document();
  const promote = paths["/api/v1/models/{model}/promote"]?.["post"];
  assert.deepEqual(
    promote?.parameters.map(({ name }) => name),
    ["model", "If-Match", "Idempotency-Key"],
  );
  const schema = promote?.requestBody?.content["application/json"]?.schema as {
    required: string[];
    properties: { alias: { default: string } };
  };
  assert.deepEqual(schema.required, ["version"]);
  assert.equal(schema.properties.alias.default, "champion");
  assert.deepEqual(Object.keys(promote?.responses ?? {}), ["200", "default"]);
});

test("files and events are described by their media types", async () => {
  const printed = JSON.stringify(await document());
  assert.match(printed, /text\/event-stream/);
  assert.match(printed, /application\/octet-stream/);
});
