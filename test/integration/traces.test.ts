import assert from "node:assert/strict";
import { test } from "node:test";
import { withApp } from "../kit/app.ts";
import { type Collected, spansOf, withCollector } from "../kit/collector.ts";
import { connectWires, WIRES } from "../kit/four-wires.ts";
import { createServedFolder } from "../kit/served-folder.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const data = Array.from({ length: 32 }, (_, i) => i);
const inputs = ["INPUT0", "INPUT1"].map((name) => ({ name, datatype: "INT32", shape: [2, 16], data }));

async function traced(use: (url: string, grpc: string) => Promise<void>): Promise<readonly Collected[]> {
  const folder = createServedFolder("add-sub");
  let all: readonly Collected[] = [];
  try {
    await withCollector(200, async (endpoint, collected) => {
      all = collected;
      const flags = { "telemetry.otlpEndpoint": endpoint };
      await withApp(folder.path, async ({ url, grpc }) => use(url, grpc), flags);
    });
  } finally {
    folder.delete();
  }
  return all;
}

test("on every wire a prediction's span has the children queue and compute, within its time", async () => {
  const collected = await traced(async (url, grpc) => {
    const clients = connectWires(url, grpc);
    try {
      for (const wire of WIRES) {
        const answer = await clients.infer(wire, { model: "add-sub", inputs });
        assert.ok(answer.ok, JSON.stringify(answer));
      }
    } finally {
      clients.close();
    }
  });
  const spans = spansOf(collected);
  const computed = spans.filter(({ name }) => name === "compute");
  assert.equal(computed.length, WIRES.length);
  for (const compute of computed) {
    const request = spans.find(({ spanId }) => spanId === compute.parentSpanId);
    const queue = spans.find(
      ({ name, parentSpanId }) => name === "queue" && parentSpanId === compute.parentSpanId,
    );
    assert.ok(request && queue);
    assert.deepEqual([request.kind, request.traceId], [2, compute.traceId]);
    const order = [request.startTimeUnixNano, queue.startTimeUnixNano, queue.endTimeUnixNano];
    order.push(compute.startTimeUnixNano, compute.endTimeUnixNano, request.endTimeUnixNano);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => Number(BigInt(a) - BigInt(b))),
    );
    const said = new Map(compute.attributes.map(({ key, value }) => [key, value]));
    assert.deepEqual(said.get("sirve.model"), { stringValue: "add-sub" });
    assert.deepEqual(said.get("sirve.version"), { intValue: "1" });
    assert.deepEqual(said.get("sirve.rows"), { intValue: "2" });
  }
});

test("a caller's trace goes on in all three spans if it is sampled, and makes none if it is not", async () => {
  const ask = async (url: string, flags: string) => {
    const headers = {
      "content-type": "application/json",
      traceparent: `00-${TRACE}-b7ad6b7169203331-${flags}`,
    };
    const body = JSON.stringify({ inputs });
    const reply = await fetch(`${url}/v2/models/add-sub/infer`, { method: "POST", headers, body });
    assert.equal(reply.status, 200, await reply.text());
  };
  const sampled = spansOf(await traced(async (url) => ask(url, "01")));
  const own = sampled.filter(({ traceId }) => traceId === TRACE).map(({ name }) => name);
  assert.deepEqual(own.toSorted(), ["POST /v2/models/{model}/infer", "compute", "queue"]);
  const unsampled = spansOf(await traced(async (url) => ask(url, "00")));
  assert.deepEqual(
    unsampled.filter(({ name }) => !name.startsWith("GET")).map(({ name }) => name),
    [],
  );
});
