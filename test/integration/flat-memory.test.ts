import assert from "node:assert/strict";
import { test } from "node:test";
import { FLIGHT, flightScene } from "../kit/flight-scene.ts";
import { collectGarbage } from "../kit/garbage.ts";
import { keepAsking } from "../kit/keep-asking.ts";

/** Everything that keeps the event loop alive now: timers, sockets, handles. */
const held = (): number => process.getActiveResourcesInfo().length;

const MIB = 2 ** 20;

/** A flight as JSON. */
const ROW = JSON.stringify({
  origin: "ORD",
  destination: "MSP",
  distance: 334,
  hour: 13,
  dayOfWeek: 3,
  month: 6,
});

/** Sends lines on one stream and counts those that are answered. */
async function stream(url: string, lines: number): Promise<number> {
  const body = `${ROW}\n`.repeat(lines);
  const response = await fetch(`${url}/predict/${FLIGHT}/stream`, { method: "POST", body });
  let answered = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    answered += chunk.filter((byte: number) => byte === 10).length;
  }
  return answered;
}

/** Bytes of objects once all garbage is gone. */
async function settledHeap(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

test("50,000 predictions leave no timer, no listener and no object behind", async () => {
  await flightScene(async ({ port, url, metric }) => {
    const request = { path: `/predict/${FLIGHT}`, body: ROW };
    const ask = (count: number) => keepAsking(port, request, { connections: 8, depth: 4, count });
    assert.deepEqual(await ask(2000), { 200: 2000 });
    assert.equal(await stream(url, 8000), 8000);
    const [before, resources] = [await settledHeap(), held()];
    assert.deepEqual(await ask(8000), { 200: 8000 });
    assert.equal(await stream(url, 32_000), 32_000);
    const grown = (await settledHeap()) - before;
    assert.ok(grown < 2 * MIB, `${(grown / MIB).toFixed(1)} MiB more`);
    assert.ok(held() <= resources + 2, `${held()} resources held, ${resources} before`);
    assert.equal(await metric("sirve_requests_total", `model="${FLIGHT}"`, 'code="ok"'), 50_000);
    assert.equal(process.listenerCount("SIGTERM"), 1);
  });
});
