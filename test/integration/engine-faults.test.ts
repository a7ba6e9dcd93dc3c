import assert from "node:assert/strict";
import { test } from "node:test";
import { childProcesses } from "../kit/child-processes.ts";
import { flightScene, slowRows } from "../kit/flight-scene.ts";
import { WIRES } from "../kit/four-wires.ts";
import { artifact } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";
import type { WireTensor } from "../kit/wire-tensor.ts";

/** Four numbers for the models that go wrong on negative ones. */
const four = (value: number): WireTensor[] => [
  { name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, value] },
];

test("stock engine's processes that are killed cost a request each at the most, and nothing else", async () => {
  await flightScene(async ({ folder, clients, comesTo, metric, traffic }) => {
    folder.add("slow", 1, artifact("slow-20ms"), {
      engine: "stock",
      batching: { mode: "none" },
      instances: 1,
    });
    await comesTo("ready", "slow", 1);
    const flights = traffic(["native", "grpc"]);
    const asked = WIRES.map((wire) => clients.infer(wire, { model: "slow", inputs: slowRows(30) }));
    await until("requests that wait", async () => (await metric("sirve_queue_rows", 'model="slow"')) >= 60);
    assert.ok((await metric("sirve_requests_in_flight", 'model="slow"')) >= 2);
    const pids = childProcesses(process.pid, /stock\/child-main/);
    assert.ok(pids.length > 0);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    const answers = await Promise.all(asked);
    const refusals = answers.filter((answer) => !answer.ok);
    // One runs at a time, but the next may be given to a process whose end is not known yet.
    assert.ok(refusals.length >= 1 && refusals.length <= pids.length, JSON.stringify(refusals));
    for (const { status, message } of refusals) {
      assert.ok(status === 503 || status === 14, String(status));
      assert.match(message, /engine's process died \(SIGKILL\)/);
    }
    const again = await clients.infer("native", { model: "slow", inputs: slowRows(1) });
    assert.ok(again.ok, "a new process serves");
    await flights.stop();
    assert.deepEqual(flights.failures, []);
  });
});

test("runs that never end are stopped at their deadlines, and others get the lanes meanwhile", async () => {
  await flightScene(
    async ({ folder, clients, comesTo, control, metric }) => {
      folder.add("hangs", 1, artifact("endless-on-negative"), { batching: { mode: "none" } });
      folder.add("slow", 1, artifact("slow-5ms"), { batching: { mode: "none" } });
      await comesTo("ready", "hangs", 1);
      await comesTo("ready", "slow", 1);
      const hanging = Array.from({ length: 12 }, (_, i) =>
        clients.infer(WIRES[i % 4] ?? "grpc", { model: "hangs", inputs: four(-1), deadlineMs: 400 }),
      );
      const others = Array.from({ length: 40 }, (_, i) =>
        clients.infer(WIRES[i % 4] ?? "grpc", { model: "slow", inputs: slowRows(1) }),
      );
      for (const answer of await Promise.all(others)) assert.ok(answer.ok, JSON.stringify(answer));
      for (const [i, answer] of (await Promise.all(hanging)).entries()) {
        assert.equal(!answer.ok && answer.status, [504, 503, 503, 4][i % 4], JSON.stringify(answer));
      }
      await until("free lanes", async () => (await metric("sirve_queue_rows", 'model="hangs"')) === 0);
      assert.ok(
        (await clients.infer("native", { model: "hangs", inputs: four(4) })).ok,
        "its session is usable",
      );
      assert.ok((await metric("sirve_requests_dropped_total", 'model="hangs"', 'reason="expired"')) > 0);
      assert.equal(control.statistics("hangs")[0]?.success.count, 1);
    },
    { "engine.lanes": 2 },
  );
});

test("a manifest's deadline stops a model that never ends, though the client would wait", async () => {
  await flightScene(async ({ folder, clients, comesTo }) => {
    folder.add("endless", 1, artifact("endless"), {
      deadlineMs: 200,
      warmup: { runs: 0 },
      batching: { mode: "none" },
    });
    await comesTo("ready", "endless", 1);
    const answers = await Promise.all(
      WIRES.map((wire) => clients.infer(wire, { model: "endless", inputs: four(1) })),
    );
    assert.ok(answers.every((answer) => !answer.ok));
    assert.ok(answers[0]?.ok === false && answers[0].status === 504, JSON.stringify(answers));
  });
});

test("of requests that share a run only the one that breaks it fails", async () => {
  await flightScene(async ({ folder, clients, comesTo, control }) => {
    const batching = { mode: "rows", maxRows: 64, maxDelayUs: 20_000 };
    folder.add("fails", 1, artifact("fails-on-negative"), { batching });
    await comesTo("ready", "fails", 1);
    const index = (row: number): WireTensor[] => [
      { name: "index", datatype: "INT64", shape: [1], data: [BigInt(row)] },
    ];
    const rows = Array.from({ length: 32 }, (_, i) => (i === 17 ? -1 : i % 8));
    const answers = await Promise.all(
      rows.map((row, i) => clients.infer(WIRES[i % 4] ?? "grpc", { model: "fails", inputs: index(row) })),
    );
    for (const [i, answer] of answers.entries()) {
      assert.equal(answer.ok, i !== 17, JSON.stringify(answer));
      if (answer.ok) assert.equal(Number(answer.outputs.get("row")?.[1]), (rows[i] ?? 0) + 0.25);
    }
    const [statistics] = control.statistics("fails");
    assert.ok(statistics && statistics.executionCount < 31, "they did share runs");
    assert.deepEqual([statistics.success.count, statistics.fail.count], [31, 1]);
  });
});
