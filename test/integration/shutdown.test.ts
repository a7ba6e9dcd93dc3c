import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { readMetric } from "../kit/app.ts";
import { slowRows } from "../kit/flight-scene.ts";
import { connectWires, WIRES } from "../kit/four-wires.ts";
import { artifact, createServedFolder } from "../kit/served-folder.ts";
import { startServer, type TestServer } from "../kit/server.ts";
import { until } from "../kit/until.ts";

const folder = createServedFolder();
folder.add("slow", 1, artifact("slow-5ms"), { batching: { mode: "none" }, instances: 1 });
folder.add("endless", 1, artifact("endless-on-negative"), { batching: { mode: "none" } });
after(() => folder.delete());

const start = (...args: string[]): Promise<TestServer> =>
  startServer({ models: folder.path, args: ["--poll-ms", "50", "--log-level", "warn", ...args] });

/** Its exit code, or the signal that ended it. */
async function ended({ process: child }: TestServer): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode ?? child.signalCode;
}

const waiting = (server: TestServer): Promise<number> =>
  readMetric(server.url, "sirve_queue_rows", ['model="slow"']);

test("SIGTERM with requests under way: all are answered on every wire, exit code 0", async () => {
  const server = await start();
  const clients = connectWires(server.url, server.grpc);
  try {
    const asked = WIRES.map((wire) => clients.infer(wire, { model: "slow", inputs: slowRows(60) }));
    await until("requests that wait", async () => (await waiting(server)) >= 120);
    server.process.kill("SIGTERM");
    for (const answer of await Promise.all(asked)) assert.ok(answer.ok, JSON.stringify(answer));
    assert.equal(await ended(server), 0, server.output());
  } finally {
    clients.close();
    await server.stop();
  }
});

test("after SIGTERM a lame duck is alive and not ready, and still serves", async () => {
  const server = await start("--shutdown-lame-duck-ms", "5000");
  const clients = connectWires(server.url, server.grpc);
  try {
    server.process.kill("SIGTERM");
    await until("readiness to end", async () => (await fetch(`${server.url}/health/ready`)).status === 503);
    assert.equal((await fetch(`${server.url}/health/live`)).status, 200);
    assert.equal((await clients.rpc("ServerReady", {}))["ready"], false);
    const late = await clients.infer("native", { model: "slow", inputs: slowRows(1) });
    assert.ok(late.ok, JSON.stringify(late));
    server.process.kill("SIGTERM"); // Enough is seen.
    assert.equal(await ended(server), 1, server.output());
  } finally {
    clients.close();
    await server.stop();
  }
});

test("SIGTERM with a run that never ends: it is told so after the grace period, exit code 0", async () => {
  const server = await start("--shutdown-grace-ms", "300");
  const clients = connectWires(server.url, server.grpc);
  try {
    const inputs = [{ name: "x", datatype: "FP32", shape: [1, 4], data: [-1, 0, 0, 0] }];
    const hanging = clients.infer("native", { model: "endless", inputs });
    const asked = clients.infer("native", { model: "slow", inputs: slowRows(1) });
    assert.ok((await asked).ok);
    server.process.kill("SIGTERM");
    const answer = await hanging;
    assert.ok(!answer.ok && answer.status === 503, JSON.stringify(answer));
    assert.equal(await ended(server), 0, server.output());
  } finally {
    clients.close();
    await server.stop();
  }
});

test("a second signal ends it at once, whatever still runs", async () => {
  const server = await start("--shutdown-grace-ms", "60000");
  const clients = connectWires(server.url, server.grpc);
  try {
    const inputs = [{ name: "x", datatype: "FP32", shape: [1, 4], data: [-1, 0, 0, 0] }];
    const hanging = clients.infer("native", { model: "endless", inputs });
    assert.ok((await clients.infer("grpc", { model: "slow", inputs: slowRows(1) })).ok);
    server.process.kill("SIGTERM");
    const refused = async () => {
      try {
        return (await fetch(`${server.url}/health/ready`)).status === 503;
      } catch {
        return true;
      }
    };
    await until("it to stop", refused);
    server.process.kill("SIGINT");
    assert.equal(await ended(server), 1, server.output());
    const answer = await hanging;
    assert.ok(!answer.ok && answer.status === 503, JSON.stringify(answer));
  } finally {
    clients.close();
    await server.stop();
  }
});

test("SIGTERM while a model loads ends the load, exit code 0", async () => {
  const server = await start();
  try {
    folder.add("late", 1, artifact("slow-20ms"), { warmup: { rows: [1], runs: 100 } });
    const isLoading = async () => {
      const text = await (await fetch(`${server.url}/api/v1/models/late`)).text();
      return text.includes('"loading"');
    };
    await until("the load", isLoading);
    server.process.kill("SIGTERM");
    assert.equal(await ended(server), 0, server.output());
  } finally {
    await server.stop();
    folder.remove("late");
  }
});
