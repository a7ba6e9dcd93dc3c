import assert from "node:assert/strict";
import { test } from "node:test";
import { startFakeServer } from "../../test/kit/fake-server.ts";
import { createClient, type LoadTestEvent, type LoadTestOptions } from "./index.ts";

const printed = (event: string, data: unknown) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** What a client reads of an answer, and the body that it sent. */
async function reading(text: string, options?: LoadTestOptions) {
  const server = await startFakeServer(() => ({ text }));
  const events: LoadTestEvent[] = [];
  try {
    for await (const event of createClient({ url: server.url }).loadTest("a b", options)) events.push(event);
    return { events, asked: server.received };
  } finally {
    await server.close();
  }
}

test("a test is asked for by one request, and read up to its report", async () => {
  const text = [
    printed("progress", { elapsedMs: 500 }),
    ": a comment\n\n",
    printed("news", {}),
    printed("report", { model: "a b" }),
    printed("progress", { elapsedMs: 9 }),
  ].join("");
  const { events, asked } = await reading(text, { seconds: 2, settings: { maxRows: 4 } });
  assert.deepEqual(events, [
    { event: "progress", data: { elapsedMs: 500 } },
    { event: "report", data: { model: "a b" } },
  ]);
  const [request, ...others] = asked;
  assert.deepEqual(others, []);
  assert.deepEqual([request?.method, request?.path], ["POST", "/api/v1/models/a%20b/load-tests"]);
  assert.deepEqual(JSON.parse(String(request?.body)), { seconds: 2, settings: { maxRows: 4 } });
});

test("a test that failed on the way throws the server's own words", async () => {
  const problem = { status: 503, code: "unavailable", detail: "the server stops", requestId: "r-1" };
  await assert.rejects(reading(printed("failed", problem)), {
    name: "SirveError",
    message: "the server stops",
    details: { status: 503, code: "unavailable", requestId: "r-1" },
  });
  await assert.rejects(reading(printed("failed", null)), { code: "internal", status: 500 });
});

test("an answer that ends before its report is no report", async () => {
  await assert.rejects(reading(printed("progress", {})), { code: "unavailable" });
});
