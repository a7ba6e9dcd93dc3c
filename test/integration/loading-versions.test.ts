import assert from "node:assert/strict";
import { test } from "node:test";
import { withApp } from "../kit/app.ts";
import { runSirve } from "../kit/command-line.ts";
import { FLIGHT_REQUEST, flightScene, slowRows } from "../kit/flight-scene.ts";
import { connectWires, WIRES } from "../kit/four-wires.ts";
import { artifact, createServedFolder } from "../kit/served-folder.ts";
import { startServer } from "../kit/server.ts";
import { until } from "../kit/until.ts";

/** A manifest with which the slow model takes at least half a second to load. */
const SLOW_TO_LOAD = { warmup: { rows: [1], runs: 30 }, batching: { mode: "none" } };

test("a request that names a loading version waits for it on every wire; probes and others answer meanwhile", async () => {
  await flightScene(
    async ({ folder, clients, comesTo, stateOf, url }) => {
      folder.add("slow", 3, artifact("slow-20ms"), SLOW_TO_LOAD);
      await comesTo("loading", "slow", 3);
      const request = { model: "slow", version: 3, inputs: slowRows(1) };
      const waiting = WIRES.map((wire) => clients.infer(wire, request));
      const short = await Promise.all(
        WIRES.map((wire) => clients.infer(wire, { ...request, deadlineMs: 30 })),
      );
      // What a deadline is in V2, its contract says.
      assert.deepEqual(
        short.map((answer) => !answer.ok && answer.status),
        [504, 503, 503, 4],
      );
      assert.equal(stateOf("slow", 3), "loading");
      for (const path of [
        "/health/live",
        "/health/ready",
        "/health/startup",
        "/v2/health/live",
        "/v2/health/ready",
      ]) {
        assert.equal((await fetch(`${url}${path}`)).status, 200, path);
      }
      assert.equal((await fetch(`${url}/v2/models/slow/ready`)).status, 503);
      assert.ok((await clients.infer("grpc", FLIGHT_REQUEST)).ok);
      assert.equal(stateOf("slow", 3), "loading");
      for (const answer of await Promise.all(waiting)) assert.ok(answer.ok && answer.version === 3);
    },
    { versionPolicy: "all" },
  );
});

test("while the first model still loads, the server lives and says that it is not ready", async () => {
  const folder = createServedFolder();
  folder.add("slow", 1, artifact("slow-20ms"), SLOW_TO_LOAD);
  await withApp(
    folder.path,
    async ({ url, grpc, comesTo, stateOf }) => {
      await comesTo("loading", "slow", 1);
      const clients = connectWires(url, grpc);
      const statusOf = async (path: string) => (await fetch(`${url}${path}`)).status;
      const paths = [
        "/health/live",
        "/v2/health/live",
        "/health/ready",
        "/health/startup",
        "/v2/health/ready",
      ];
      const statuses = await Promise.all(paths.map(statusOf));
      const [live, ready] = [await clients.rpc("ServerLive", {}), await clients.rpc("ServerReady", {})];
      assert.equal(stateOf("slow", 1), "loading");
      assert.deepEqual(
        statuses.map((status) => status === 200),
        [true, true, false, false, false],
      );
      assert.deepEqual([live["live"], ready["ready"]], [true, false]);
      await comesTo("ready", "slow", 1);
      assert.deepEqual(await Promise.all(paths.map(statusOf)), [200, 200, 200, 200, 200]);
      clients.close();
    },
    { waits: false },
  );
  folder.delete();
});

test("a broken version keeps the old one, and API, log and models list say why", async () => {
  const folder = createServedFolder();
  folder.add("add-sub", 1, artifact("add-sub"));
  const server = await startServer({ models: folder.path, args: ["--poll-ms", "50"] });
  try {
    folder.add("add-sub", 2, "test/artifacts/hostile/cyclic.onnx");
    const failed = async () => {
      const { versions } = (await (await fetch(`${server.url}/api/v1/models/add-sub`)).json()) as {
        versions: { version: number; state: string; reason?: string }[];
      };
      return versions.find(({ version }) => version === 2);
    };
    await until("the failure", async () => (await failed())?.state === "failed");
    const { reason = "" } = (await failed()) ?? {};
    assert.match(reason, /cycle/);
    const listed = await runSirve(["models", "list", "--url", server.url]);
    assert.match(listed.stdout, /\* 1 +ready/);
    assert.ok(listed.stdout.replaceAll(/\s+/g, " ").includes("cycle"), listed.stdout);
    assert.match(
      server.output(),
      /"version":2,"state":"failed","reason":"[^}]*cycle[^}]*"msg":"version does not load"/,
    );
  } finally {
    assert.equal(await server.stop(), 0);
    folder.delete();
  }
});
