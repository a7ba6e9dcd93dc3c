import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import {
  createClient,
  type LoadTestEvent,
  type LoadTestOptions,
  SirveError,
} from "../../src/client/index.ts";
import { type TestApp, withApp } from "../kit/app.ts";
import { withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { artifact, createServedFolder, type ServedFolder } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

const clientOf = (url: string) => createClient({ url, retries: 0 });

async function eventsOf(
  url: string,
  options: LoadTestOptions = {},
  model = "add-sub",
): Promise<LoadTestEvent[]> {
  const events: LoadTestEvent[] = [];
  for await (const event of clientOf(url).loadTest(model, { seconds: 1, concurrency: 4, ...options })) {
    events.push(event);
  }
  return events;
}

async function reportOf(url: string, options: LoadTestOptions = {}, model?: string) {
  const last = (await eventsOf(url, options, model)).at(-1);
  assert.ok(last?.event === "report");
  return last.data;
}

async function withModels(
  models: readonly string[],
  use: (app: TestApp, folder: ServedFolder) => Promise<void>,
): Promise<void> {
  const folder = createServedFolder(...models);
  try {
    await withApp(folder.path, async (app) => use(app, folder));
  } finally {
    folder.delete();
  }
}

/** Resolves with the iterator once the test is well under way. */
async function begin(url: string, options: LoadTestOptions = {}) {
  const running = clientOf(url).loadTest("add-sub", { seconds: 30, concurrency: 4, ...options });
  assert.equal((await running.next()).value?.event, "progress");
  return running;
}

test("a version is measured with the settings asked for, and its own series and bills know nothing of it", async () => {
  await withModels(["add-sub"], async ({ url, metric }) => {
    const settings = { instances: 1, maxRows: 2, maxDelayUs: 100 };
    const events = await eventsOf(url, { settings });
    assert.ok(events.slice(0, -1).every(({ event }) => event === "progress"));
    const last = events.at(-1);
    assert.ok(last?.event === "report");
    const { data: report } = last;
    assert.deepEqual([report.model, report.version, report.failures], ["add-sub", 1, 0]);
    assert.deepEqual(report.settings, settings);
    assert.ok(report.requests > 10 && report.requestsPerSecond > 10);
    assert.ok((report.p50Ms ?? 0) > 0 && (report.p50Ms ?? 0) <= (report.maxMs ?? 0));
    const shown = report.latencyHistogram.reduce((sum, { count }) => sum + count, 0);
    assert.equal(shown, report.requests);
    const rows = report.batchRows.reduce((sum, { rows: size, count }) => sum + size * count, 0);
    assert.equal(rows, report.requests);
    assert.ok(report.batchRows.every(({ rows: size }) => size <= 2));
    assert.ok((report.cpuUsPerRequest ?? 0) > 0 && report.cpus > 0);
    assert.equal(await metric("sirve_requests_total", 'model="add-sub"'), 0);
    assert.equal(await metric("sirve_batch_rows_count", 'model="add-sub"'), 0);
    assert.equal(await metric("sirve_billed_cpu_seconds", 'payer="requests"'), 0);
  });
});

test("each request asks what is given; what no prediction would take is refused as it would be there", async () => {
  await withModels(["add-sub"], async ({ url }) => {
    const metadata = await clientOf(url).metadata("add-sub");
    const inputs = Object.fromEntries(metadata.inputs.map(({ name }) => [name, [Array(16).fill(1)]]));
    const report = await reportOf(url, { rows: { inputs } });
    assert.deepEqual([report.failures, report.requests > 0], [0, true]);
    const wrong = reportOf(url, { rows: { inputs: { nothing: [1] } } });
    await assert.rejects(wrong, { code: "invalid_argument" });
    await assert.rejects(reportOf(url, { rows: "x" }), { code: "invalid_argument" });
    await assert.rejects(reportOf(url, { version: 9 }), { code: "not_found" });
    await assert.rejects(reportOf(url, {}, "nobody"), { code: "not_found" });
    await assert.rejects(reportOf(url, { seconds: 31 }), {
      code: "invalid_argument",
      message: /body.seconds/,
    });
    assert.ok((await reportOf(url)).requests > 0);
  });
});

test("a test whose reader leaves is ended, and the next one can begin", async () => {
  await withModels(["add-sub"], async ({ url }) => {
    const running = await begin(url);
    await running.return(undefined);
    await until("the next test", async () => {
      try {
        return (await reportOf(url)).requests > 0;
      } catch (thrown) {
        assert.ok(thrown instanceof SirveError && thrown.code === "resource_exhausted", String(thrown));
        return false;
      }
    });
  });
});

test("a reader who leaves while the copy loads ends the test as well", async () => {
  await withModels(["add-sub"], async ({ url }) => {
    const signal = AbortSignal.timeout(1);
    await assert.rejects(reportOf(url, { signal, seconds: 30 }), { code: "cancelled" });
    await until("the next test", async () =>
      reportOf(url).then(
        () => true,
        () => false,
      ),
    );
  });
});

test("of two tests at once the second is refused with 429, and the first goes on", async () => {
  await withModels(["add-sub"], async ({ url }) => {
    const running = await begin(url, { seconds: 3 });
    await assert.rejects(reportOf(url), {
      code: "resource_exhausted",
      message: "a load test of add-sub runs",
    });
    let last: LoadTestEvent | undefined;
    for await (const event of running) last = event;
    assert.equal(last?.event, "report");
  });
});

test("a version that goes during its test is measured to the end, and answers clients no more", async () => {
  await withModels(["add-sub"], async ({ url, stateOf }, folder) => {
    const running = await begin(url, { seconds: 3 });
    folder.remove("add-sub");
    await until("add-sub gone", () => stateOf("add-sub", 1) === undefined);
    let last: LoadTestEvent | undefined;
    for await (const event of running) last = event;
    assert.ok(last?.event === "report" && last.data.failures === 0);
    await assert.rejects(reportOf(url), { code: "not_found" });
  });
});

test("clients are answered during a test, and their requests alone are counted", async () => {
  await withModels(["add-sub"], async ({ url, metric }) => {
    const running = await begin(url, { concurrency: 64 });
    const client = clientOf(url);
    const { inputs: specs } = await client.metadata("add-sub");
    const inputs = Object.fromEntries(specs.map(({ name }) => [name, [Array(16).fill(1)]]));
    for (let i = 0; i < 20; i += 1) await client.predict("add-sub", { inputs });
    assert.equal(await metric("sirve_requests_total", 'model="add-sub"'), 20);
    await running.return(undefined);
  });
});

test("a server that stops ends the test, says so, and does not wait for its time", async () => {
  const folder = createServedFolder("add-sub");
  try {
    await withApp(
      folder.path,
      async ({ url, app }) => {
        const running = await begin(url);
        const closing = app.close();
        const rest = async () => {
          for await (const { event } of running) assert.equal(event, "progress");
        };
        await assert.rejects(rest(), { code: "unavailable", message: "the server stops" });
        await closing;
        assert.equal(await app.finished, 0);
      },
      { "shutdown.graceMs": 600_000 },
    );
  } finally {
    folder.delete();
  }
});

const DOUBLE = `export default {
  inputs: { x: { dtype: "FP32", shape: [-1, 1] } },
  outputs: { y: { dtype: "FP32", shape: [-1, 1] } },
  predict: ({ x }) => ({ y: { shape: x.shape, data: x.data.map((value) => 2 * value) } }),
};`;
const TWICE = {
  inputs: { x: { dtype: "FP32", shape: [-1, 1] } },
  steps: [{ name: "first", model: "double", inputs: { x: "x" } }],
  outputs: { y: { dtype: "FP32", shape: [-1, 1], from: "first.y" } },
};

test("handlers and pipelines are measured like models; the steps of a pipeline are those that serve", async () => {
  const folder = createServedFolder();
  const put = (model: string, name: string, text: string) => {
    mkdirSync(folder.at(model, 1), { recursive: true });
    writeFileSync(folder.at(model, 1, name), text);
  };
  put("double", "handler.js", DOUBLE);
  put("twice", "pipeline.json", JSON.stringify(TWICE));
  try {
    await withApp(
      folder.path,
      async ({ url, metric, comesTo }) => {
        for (const model of ["double", "twice"]) await comesTo("ready", model, 1);
        const alone = await reportOf(url, { settings: { instances: 1 } }, "double");
        assert.deepEqual([alone.failures, alone.settings.instances, alone.requests > 0], [0, 1, true]);
        assert.equal(await metric("sirve_requests_total", 'model="double"'), 0);
        const report = await reportOf(url, {}, "twice");
        assert.deepEqual([report.failures, report.requests > 0], [0, true]);
        assert.equal(await metric("sirve_requests_total", 'model="twice"'), 0);
        // With the one request that was made to try.
        assert.equal(await metric("sirve_requests_total", 'model="double"'), report.requests + 1);
      },
      { "engine.allowCode": true },
    );
  } finally {
    folder.delete();
  }
});

test("a registry writes down who tested what, and any version of it can be tested", async () => {
  await withDataFolder(async (data) => {
    await withRegistryApp(data, async ({ url, add, call }) => {
      await add("m", [artifact("add-sub")]);
      await add("m", [artifact("add-sub"), ["model.json", "{}"]]);
      const before = (await call("GET", "/api/v1/models/m")).body["revision"];
      const report = await reportOf(url, { version: 2, settings: { maxRows: 4 } }, "m");
      assert.deepEqual([report.version, report.failures], [2, 0]);
      const { body } = await call("GET", "/api/v1/audit?action=loadtest.run");
      const [entry, ...others] = body["entries"] as { model: string; details: unknown }[];
      assert.deepEqual(others, []);
      assert.equal(entry?.model, "m");
      assert.deepEqual(entry?.details, {
        version: 2,
        seconds: 1,
        concurrency: 4,
        settings: { maxRows: 4 },
      });
      assert.equal((await call("GET", "/api/v1/models/m")).body["revision"], before);
    });
  });
});
