import assert from "node:assert/strict";
import { test } from "node:test";
import { flightScene, slowRows } from "../kit/flight-scene.ts";
import { WIRES, type WireAnswer } from "../kit/four-wires.ts";
import { artifact } from "../kit/served-folder.ts";
import { Traffic } from "../kit/traffic.ts";
import { until } from "../kit/until.ts";

type Refusal = Extract<WireAnswer, { ok: false }>;

/** What a full queue is on each wire, as its contract says. */
const FULL: Readonly<Record<(typeof WIRES)[number], (refusal: Refusal) => boolean>> = {
  native: ({ status, message, retryAfter }) =>
    status === 429 && Number(retryAfter) >= 1 && message.includes('"resource_exhausted"'),
  "v2-json": ({ status, message }) => status === 503 && message.includes("Exceeds maximum queue size"),
  "v2-binary": ({ status, message }) => status === 503 && message.includes("Exceeds maximum queue size"),
  grpc: ({ status, message }) => status === 14 && message.includes("Exceeds maximum queue size"),
};

test("a full queue refuses at once in each wire's words, answers what it took, and is fine afterwards", async () => {
  await flightScene(
    async ({ folder, clients, comesTo, metric, traffic, control }) => {
      folder.add("slow", 1, artifact("slow-5ms"), { batching: { mode: "none" }, instances: 1 });
      await comesTo("ready", "slow", 1);
      const flights = traffic(["native", "grpc"]);
      const asked = Array.from({ length: 160 }, (_, i) =>
        clients.infer(WIRES[i % 4] ?? "grpc", { model: "slow", inputs: slowRows(4) }),
      );
      const answers = await Promise.all(asked);
      const refused = answers.flatMap((answer, i) =>
        answer.ok ? [] : [{ answer, wire: WIRES[i % 4] ?? "grpc" }],
      );
      assert.ok(refused.length > 80 && refused.length < 160, String(refused.length));
      const wrong = refused.filter(({ answer, wire }) => !FULL[wire](answer));
      assert.deepEqual(wrong, []);
      assert.equal(new Set(refused.map(({ wire }) => wire)).size, 4);
      const rejected = 'reason="rejected"';
      assert.equal(await metric("sirve_requests_dropped_total", 'model="slow"', rejected), refused.length);
      assert.equal(await metric("sirve_queue_rows", 'model="slow"'), 0);
      assert.equal(await metric("sirve_requests_in_flight", 'model="slow"'), 0);
      assert.equal(control.statistics("slow")[0]?.success.count, 160 - refused.length);
      const after = WIRES.map((wire) => clients.infer(wire, { model: "slow", inputs: slowRows(1) }));
      assert.ok((await Promise.all(after)).every(({ ok }) => ok));
      await flights.stop();
      assert.deepEqual(flights.failures, []);
    },
    { "scheduler.maxQueueRows": 32 },
  );
});

test("bytes that wait are bounded as rows are, and a request that never fits is told so", async () => {
  await flightScene(
    async ({ folder, clients, comesTo }) => {
      folder.add("slow", 1, artifact("slow-5ms"), { batching: { mode: "none" }, instances: 1 });
      await comesTo("ready", "slow", 1);
      const row = 1024;
      const huge = await clients.infer("native", { model: "slow", inputs: slowRows((64 * 1024) / row + 1) });
      assert.ok(!huge.ok && huge.status === 413, JSON.stringify(huge));
      const asked = Array.from({ length: 12 }, () =>
        clients.infer("native", { model: "slow", inputs: slowRows(30) }),
      );
      const answers = await Promise.all(asked);
      const statuses = answers.map((answer) => (answer.ok ? 200 : answer.status));
      assert.ok(statuses.includes(429) && statuses.includes(200), String(statuses));
      assert.ok(
        statuses.every((status) => status === 429 || status === 200),
        String(statuses),
      );
    },
    { "scheduler.maxQueueBytes": 64 * 1024 },
  );
});

test("a model that is asked seldom waits for few runs of one that is saturated", async () => {
  await flightScene(
    async ({ folder, clients, comesTo, control }) => {
      const manifest = { batching: { mode: "none" } };
      for (const model of ["busy", "calm"]) {
        folder.add(model, 1, artifact("slow-1ms"), manifest);
        await comesTo("ready", model, 1);
      }
      const runs = (model: string) => control.statistics(model)[0]?.executionCount ?? 0;
      const wires = Array.from({ length: 32 }, () => "v2-binary" as const);
      const load = new Traffic(clients, { model: "busy", inputs: slowRows(8) }, wires);
      await until("a saturated model", () => runs("busy") > 20);
      const between: number[] = [];
      for (let i = 0; i < 20; i++) {
        const before = runs("busy");
        assert.ok((await clients.infer("grpc", { model: "calm", inputs: slowRows(1) })).ok);
        between.push(runs("busy") - before);
      }
      await load.stop();
      assert.deepEqual(load.failures, []);
      // Of 32 that wait it would have to let all go first, if it were first come, first served.
      const median = between.toSorted((a, b) => a - b)[10] ?? Number.NaN;
      assert.ok(median <= 16, `runs of the busy model before an answer of the other: ${between}`);
      assert.ok(median >= 1, "the other one was saturated");
    },
    { "engine.lanes": 1 },
  );
});
