import assert from "node:assert/strict";
import { before, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { bundleClient, nodeImports } from "../scripts/bundle-client.ts";
import type { createClient } from "../src/client/index.ts";
import { startFakeServer } from "./kit/fake-server.ts";

let code = "";
before(async () => {
  const { outputFiles } = await bundleClient({
    write: false,
    minify: true,
    format: "iife",
    globalName: "sirve",
  });
  code = outputFiles?.[0]?.text ?? "";
});

test("the client for browsers imports nothing", () => {
  assert.deepEqual(nodeImports(code), []);
  assert.doesNotMatch(code, /\bimport\b|\brequire\b|\bprocess\b|\bBuffer\b/);
});

test("it is small enough for a page", () => {
  const bytes = gzipSync(code).length;
  assert.ok(bytes > 1000 && bytes < 8 * 1024, `${bytes} bytes with gzip`);
});

/** What it needs of a browser beside the language; all of it is in every one since 2023. */
const WEB = [
  "AbortController",
  "AbortSignal",
  "Blob",
  "Headers",
  "ReadableStream",
  "Response",
  "TextDecoder",
  "TextEncoder",
  "TransformStream",
  "URL",
  "URLSearchParams",
  "clearTimeout",
  "crypto",
  "fetch",
  "performance",
  "setTimeout",
] as const;

test("it works where there is nothing but what browsers have", async () => {
  const names = WEB.map((name): [string, unknown] => [name, globalThis[name]]);
  const context = createContext(Object.fromEntries(names));
  runInContext(code, context);
  const sirve = runInContext("sirve", context) as { createClient: typeof createClient };
  const server = await startFakeServer(({ path }) =>
    path === "/predict/churn"
      ? { json: { model: "churn", version: 2, predictions: [{ label: "no" }] } }
      : { status: 404, json: { code: "not_found", detail: "no model spam", hint: "look" } },
  );
  try {
    const client = sirve.createClient({ url: server.url, key: "sirve_a", retries: 0 });
    const { predictions } = await client.predict("churn", { rows: [{ age: 5n, x: new Float32Array([1]) }] });
    assert.equal(JSON.stringify(predictions), '[{"label":"no"}]');
    assert.equal(server.received[0]?.body.toString(), '{"rows":[{"age":5,"x":[1]}]}');
    assert.equal(server.received[0]?.headers.authorization, "Bearer sirve_a");
    await assert.rejects(client.predict("spam", { rows: [] }), { code: "not_found", hint: "look" });
    const lines: unknown[] = [];
    for await (const answer of client.predictStream("churn", [{}])) lines.push(answer);
    assert.equal(lines.length, 1);
  } finally {
    await server.close();
  }
});
