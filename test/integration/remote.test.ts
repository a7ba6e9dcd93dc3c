import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Json, parseJson, writeJson } from "../../src/base/index.ts";
import { type TestApp, withApp } from "../kit/app.ts";
import { withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { assertAnswers, rowSample, type Sample, tensorSamples } from "../kit/samples.ts";
import { createServedFolder } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

/** Puts a model that another server runs into a folder. */
function write(folder: string, model: string, remote: object): void {
  const draft = join(folder, `.draft-${model}`);
  mkdirSync(draft);
  writeFileSync(join(draft, "remote.json"), JSON.stringify(remote));
  mkdirSync(join(folder, model), { recursive: true });
  renameSync(draft, join(folder, model, "1"));
}

/** A server of models that the server at `url` runs. */
async function withRemotes(
  url: string,
  remotes: Readonly<Record<string, object>>,
  use: (app: TestApp) => Promise<void>,
  flags: Parameters<typeof withApp>[2] = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-remotes-"));
  for (const [model, remote] of Object.entries(remotes)) write(folder, model, { url, ...remote });
  try {
    await withApp(folder, use, { "engine.allowRemote": [new URL(url).origin], ...flags });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The server of before, with these of test/artifacts/models. */
async function withOld(models: readonly string[], use: (url: string) => Promise<void>): Promise<void> {
  const folder = createServedFolder(...models);
  try {
    await withApp(folder.path, async ({ url }) => use(url));
  } finally {
    folder.delete();
  }
}

interface Answer {
  readonly outputs?: readonly { readonly name: string; readonly data: readonly unknown[] }[];
  readonly error?: string;
}

async function infer(url: string, model: string, { inputs }: Pick<Sample, "inputs">) {
  const reply = await fetch(`${url}/v2/models/${model}/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: writeJson({ inputs: inputs as unknown as Json }, { nonFinite: "token" }),
  });
  const body = parseJson(await reply.bytes(), { nonFinite: true }) as unknown as Answer;
  return { status: reply.status, ...body };
}

for (const protocol of ["v2", "tensorflow-serving"] as const) {
  test(`models of another server answer as they do there, asked by ${protocol}`, async () => {
    await withOld(["flight-delay", "mixed", "identity-int64", "slow-1ms"], async (old) => {
      const remotes = {
        copy: { protocol, model: "flight-delay" },
        "copy-mixed": { protocol, model: "mixed" },
        "copy-int64": { protocol, model: "identity-int64" },
        "copy-slow": { protocol, model: "slow-1ms" },
      };
      await withRemotes(old, remotes, async ({ url, comesTo, control }) => {
        for (const model of Object.keys(remotes)) await comesTo("ready", model, 1);
        const flight = rowSample("flight-delay", 1);
        await assertAsThere(url, "copy", flight);
        for (const sample of tensorSamples("mixed")) await assertAsThere(url, "copy-mixed", sample);
        const batching = control.find("copy")?.versions[0]?.batching;
        assert.notEqual(batching?.reason, "not tried yet");
        assert.equal(control.find("copy")?.versions[0]?.platform, "sirve_remote");
      });
    });
  });
}

async function assertAsThere(url: string, model: string, sample: Sample): Promise<void> {
  const answer = await infer(url, model, sample);
  assert.equal(answer.status, 200, answer.error ?? "");
  const outputs = new Map(answer.outputs?.map(({ name, data }) => [name, data]));
  assertAnswers(outputs, sample, model);
}

test("requests of many callers to a remote model each get their own answer, and are counted", async () => {
  await withOld(["identity-fp32"], async (old) => {
    const remotes = { copy: { protocol: "v2", model: "identity-fp32" } };
    await withRemotes(old, remotes, async ({ url, comesTo, metric }) => {
      await comesTo("ready", "copy", 1);
      const { name, datatype, shape } = await inputOf(url, "copy");
      const sizes = shape.map((size) => Math.max(1, size));
      const count = sizes.reduce((all, size) => all * size, 1);
      const answers = Array.from({ length: 60 }, async (_, i) => {
        const data = Array.from({ length: count }, () => i);
        const { outputs, error } = await infer(url, "copy", {
          inputs: [{ name, datatype, shape: sizes, data }],
        });
        assert.deepEqual(outputs?.[0]?.data, data, error ?? "");
      });
      await Promise.all(answers);
      assert.ok((await metric("sirve_requests_total", 'model="copy"')) >= 60);
    });
  });
});

async function inputOf(url: string, model: string) {
  const metadata = (await (await fetch(`${url}/v2/models/${model}`)).json()) as {
    inputs: { name: string; datatype: string; shape: number[] }[];
  };
  const [input] = metadata.inputs;
  assert.ok(input);
  return input;
}

test("a remote model is asked only where its origin is allowed", async () => {
  await withOld(["add-sub"], async (old) => {
    const remotes = { copy: { protocol: "v2", model: "add-sub" } };
    const flags = { "engine.allowRemote": ["http://127.0.0.1:1"] };
    await withRemotes(
      old,
      remotes,
      async ({ comesTo, control }) => {
        await comesTo("failed", "copy", 1);
        const { reason = "" } = control.find("copy")?.versions[0] ?? {};
        assert.equal(reason, `this server may not ask ${old}`);
      },
      flags,
    );
  });
});

test("a registry takes a remote model as a version, and the other server's models answer by it", async () => {
  await withOld(["flight-delay"], async (old) => {
    await withDataFolder(async (data) =>
      withRegistryApp(
        data,
        async ({ add, url }) => {
          const remote = JSON.stringify({ url: old, protocol: "v2", model: "flight-delay" });
          const added = await add("flights", [["remote.json", remote]]);
          assert.equal(added.status, 201, JSON.stringify(added.body));
          const sample = rowSample("flight-delay", 1);
          await until("an answer", async () => (await infer(url, "flights", sample)).status === 200);
          await assertAsThere(url, "flights", sample);
          const gone = JSON.stringify({ url: old, protocol: "v2", model: "nobody" });
          const refused = await add("flights", [["remote.json", gone]]);
          assert.equal(refused.status, 400, JSON.stringify(refused.body));
          assert.match(JSON.stringify(refused.body), /answered 404/);
        },
        { "engine.allowRemote": [old] },
      ),
    );
  });
});

test("a model whose server was down is loaded once it is back", async () => {
  const models = createServedFolder("add-sub");
  const port = await freePort();
  const old = `http://127.0.0.1:${port}`;
  try {
    await withRemotes(old, { copy: { protocol: "v2", model: "add-sub" } }, async ({ comesTo, control }) => {
      await comesTo("failed", "copy", 1);
      assert.match(
        control.find("copy")?.versions[0]?.reason ?? "",
        /^no answer from http.* \(ECONNREFUSED\)$/,
      );
      await withApp(models.path, async () => comesTo("ready", "copy", 1), { "http.port": port });
    });
  } finally {
    models.delete();
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
