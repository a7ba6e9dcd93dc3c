import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type TestApp, withApp } from "../kit/app.ts";
import { connectWires, WIRES, type WireClients } from "../kit/four-wires.ts";
import { tensorSamples } from "../kit/samples.ts";
import { artifact, createServedFolder } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

const [sample] = tensorSamples("add-sub");
const folder = createServedFolder();
after(() => folder.delete());
for (const version of [1, 2, 3]) folder.add("m", version, artifact("add-sub"));

async function answers(clients: WireClients, version?: number): Promise<(number | string)[]> {
  const inputs = sample?.inputs ?? [];
  const all = await Promise.all(WIRES.map((wire) => clients.infer(wire, { model: "m", version, inputs })));
  return all.map((answer) => (answer.ok ? answer.version : `refused ${answer.status}`));
}

/** Which version answers on each wire: without a version, then asked for 1, 2 and 3. */
async function served(policy: string): Promise<(number | string)[]> {
  let found: (number | string)[] = [];
  await withApp(
    folder.path,
    async ({ url, grpc }) => {
      const clients = connectWires(url, grpc);
      try {
        const byVersion = [undefined, 1, 2, 3].map((version) => answers(clients, version));
        found = (await Promise.all(byVersion)).map((onWires) => {
          const [native] = onWires;
          if (typeof native === "number") assert.equal(new Set(onWires).size, 1, String(onWires));
          return native ?? "";
        });
      } finally {
        clients.close();
      }
    },
    { versionPolicy: policy },
  );
  return found;
}

test("the version policy says which versions answer; without a version it is the newest of them", async () => {
  assert.deepEqual(await served("all"), [3, 1, 2, 3]);
  assert.deepEqual(await served("latest:2"), [3, "refused 503", 2, 3]);
  assert.deepEqual(await served("specific:1,2"), [2, 1, 2, "refused 503"]);
});

async function v2(url: string, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/v2/repository/${path}`, { method: "POST" });
  return { status: response.status, text: await response.text() };
}

const native = async (url: string, path: string): Promise<number> =>
  (await fetch(`${url}/api/v1/models/${path}`, { method: "POST" })).status;

const states = ({ control }: TestApp): string[] =>
  control.list().flatMap(({ model, versions }) => versions.map((v) => `${model}${v.version} ${v.state}`));

/** In V2 what is not loaded is unknown. */
const UNLOADED = ["refused 503", "refused 404", "refused 404", "refused 5"];

test("with explicit control each wire loads and unloads, and nothing comes or goes by itself", async () => {
  await withApp(
    folder.path,
    async (app) => {
      const { url, grpc } = app;
      const clients = connectWires(url, grpc);
      try {
        await until("a look", () => app.control.list().length === 1);
        assert.deepEqual(states(app), ["m1 unloaded", "m2 unloaded", "m3 unloaded"]);
        assert.deepEqual(await answers(clients), UNLOADED);

        assert.equal((await v2(url, "models/m/load")).status, 200);
        assert.deepEqual(await answers(clients), [3, 3, 3, 3]);
        assert.equal(await native(url, "m/versions/1/load"), 200);
        assert.deepEqual(states(app), ["m1 ready", "m2 unloaded", "m3 ready"]);

        folder.add("m", 4, artifact("add-sub"));
        folder.add("n", 1, artifact("add-sub"));
        folder.remove("m", 3);
        await until("two looks", () => states(app).length === 5);
        await until("two looks", () => states(app).includes("n1 unloaded"));
        assert.deepEqual(await answers(clients), [3, 3, 3, 3], "deleted files do not unload it");

        await clients.rpc("RepositoryModelLoad", { model_name: "m" });
        assert.deepEqual(await answers(clients), [4, 4, 4, 4]);
        assert.equal(await native(url, "m/versions/4/unload"), 200);
        assert.deepEqual(await answers(clients, 4), [
          "refused 503",
          "refused 503",
          "refused 503",
          "refused 14",
        ]);
        assert.equal(await native(url, "m/load"), 200);
        await clients.rpc("RepositoryModelUnload", { model_name: "m" });
        assert.ok(
          states(app).every((state) => state.endsWith("unloaded")),
          String(states(app)),
        );

        const unknown = await v2(url, "models/nobody/load");
        assert.deepEqual([unknown.status, await native(url, "nobody/load")], [500, 404], unknown.text);
      } finally {
        clients.close();
      }
    },
    { modelControl: "explicit" },
  );
});

test("many loads and unloads of one model at once all end, and it serves afterwards", async () => {
  await withApp(
    folder.path,
    async ({ url, grpc }) => {
      const clients = connectWires(url, grpc);
      try {
        const calls = Array.from({ length: 24 }, (_, i) =>
          native(url, `m/${i % 3 === 2 ? "unload" : `versions/${(i % 2) + 1}/load`}`),
        );
        const statuses = await Promise.all(calls);
        assert.ok(
          statuses.every((status) => status === 200 || status === 400),
          String(statuses),
        );
        assert.equal(await native(url, "m/versions/2/load"), 200);
        assert.deepEqual(await answers(clients, 2), [2, 2, 2, 2]);
      } finally {
        clients.close();
      }
    },
    { modelControl: "explicit" },
  );
});
