import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type TestApp, withApp } from "../kit/app.ts";
import { childProcesses } from "../kit/child-processes.ts";
import { runSirve } from "../kit/command-line.ts";
import { assertLengthsOnEveryWire } from "../kit/lengths.ts";
import { withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { needs } from "../kit/require.ts";
import { startServer } from "../kit/server.ts";
import { until } from "../kit/until.ts";

const skip = needs("python");

const LENGTHS = `
import os, signal, time
from sirve.handler import InvalidInput

inputs = {"text": {"dtype": "BYTES", "shape": [-1, 1]}}
outputs = {"length": {"dtype": "INT32", "shape": [-1, 1]}}

def load(context):
    return 0 if os.path.isdir(context.folder) else 100

def predict(inputs, extra):
    texts = [row[0] for row in inputs["text"].tolist()]
    if "blame" in texts: raise InvalidInput("blame is no text")
    if "fail" in texts: raise RuntimeError("a fault of the handler")
    if "hang" in texts: time.sleep(600)
    if "kill" in texts: os.kill(os.getpid(), signal.SIGKILL)
    return {"length": [[len(text) + extra] for text in texts]}
`;

const ALLOWED = { "engine.allowCode": true };

/** A folder with handlers in it, and a model that is none. */
async function withFolder(
  handlers: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-handlers-"));
  cpSync("test/artifacts/models/add-sub", join(folder, "add-sub"), { recursive: true });
  for (const [model, text] of Object.entries(handlers)) {
    const draft = join(folder, `.draft-${model}`);
    mkdirSync(draft);
    writeFileSync(join(draft, "handler.py"), text);
    mkdirSync(join(folder, model), { recursive: true });
    renameSync(draft, join(folder, model, "1"));
  }
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const withHandlers = async (
  handlers: Readonly<Record<string, string>>,
  use: (app: TestApp) => Promise<void>,
  flags: Parameters<typeof withApp>[2] = ALLOWED,
) => withFolder(handlers, async (folder) => withApp(folder, use, flags));

async function infer(url: string, model: string, inputs: readonly object[], headers = {}) {
  const reply = await fetch(`${url}/v2/models/${model}/infer`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ inputs }),
  });
  const text = await reply.text();
  const body = JSON.parse(text) as { outputs?: { data: number[] }[]; error?: string };
  return { status: reply.status, data: body.outputs?.[0]?.data, error: body.error, text };
}

const ask = async (url: string, texts: readonly string[], headers = {}) =>
  infer(
    url,
    "lengths",
    [{ name: "text", datatype: "BYTES", shape: [texts.length, 1], data: texts }],
    headers,
  );

/** Asks the model that is no handler. */
async function askOther(url: string): Promise<number> {
  const metadata = (await (await fetch(`${url}/v2/models/add-sub`)).json()) as {
    inputs: { name: string; datatype: string; shape: number[] }[];
  };
  const inputs = metadata.inputs.map(({ name, datatype, shape }) => {
    const sizes = shape.map((size) => (size < 0 ? 1 : size));
    const count = sizes.reduce((product, size) => product * size, 1);
    return { name, datatype, shape: sizes, data: Array.from({ length: count }, () => 1) };
  });
  return (await infer(url, "add-sub", inputs)).status;
}

test("a handler in Python answers on every wire, its rows joined", { skip }, async () => {
  await withHandlers({ lengths: LENGTHS }, async ({ url, comesTo, control }) => {
    await comesTo("ready", "lengths", 1);
    assert.equal(control.find("lengths")?.versions[0]?.batching?.mode, "rows");
    await assertLengthsOnEveryWire(url, "sirve_python");
  });
});

test("what a handler does wrong costs its own request, and other models serve on meanwhile", {
  skip,
}, async () => {
  await withHandlers({ lengths: LENGTHS }, async ({ url, comesTo }) => {
    await comesTo("ready", "lengths", 1);
    const blamed = await ask(url, ["blame"]);
    assert.equal(blamed.status, 400);
    assert.match(blamed.error ?? "", /the handler failed: blame is no text$/);
    const failed = await ask(url, ["fail"]);
    assert.equal(failed.status, 500);
    assert.match(failed.error ?? "", /the handler failed: RuntimeError: a fault of the handler/);
    assert.doesNotMatch(failed.text, /Traceback|handler\.py/);
    const hanging = ask(url, ["hang"], { "x-sirve-deadline-ms": "500" });
    assert.equal(await askOther(url), 200);
    assert.match((await hanging).error ?? "", /timeout expired|deadline/i);
    const killed = await ask(url, ["kill"]);
    assert.equal(killed.status, 503);
    assert.match(killed.error ?? "", /SIGKILL/);
    assert.deepEqual((await ask(url, ["still", "here"])).data, [5, 4]);
    assert.equal(await askOther(url), 200);
  });
});

test("a handler that cannot be loaded says why, and runs only where code is allowed", { skip }, async () => {
  const bad = {
    lengths: LENGTHS.replace("def load(context):", "def load(context):\n    raise OSError('no weights')"),
  };
  const reasonOf = ({ control }: TestApp) => control.find("lengths")?.versions[0]?.reason ?? "";
  await withHandlers(bad, async (app) => {
    await app.comesTo("failed", "lengths", 1);
    assert.match(reasonOf(app), /cannot be loaded: OSError: no weights/);
    assert.equal(await askOther(app.url), 200);
  });
  await withHandlers(
    { lengths: LENGTHS },
    async (app) => {
      await app.comesTo("failed", "lengths", 1);
      assert.match(reasonOf(app), /runs no code of users/);
    },
    {},
  );
});

test("a server that is killed takes its Python processes with it", { skip }, async () => {
  await withFolder({ lengths: LENGTHS }, async (models) => {
    const server = await startServer({ models, args: ["--engine-allow-code"] });
    try {
      assert.deepEqual((await ask(server.url, ["abc"])).data, [3]);
      const workers = childProcesses(server.process.pid ?? 0, /worker\/main\.py/);
      assert.ok(workers.length > 0);
      // In a call: nothing of it reads from the server then.
      const hanging = ask(server.url, ["hang"]).catch(() => {});
      await until("a call", async () => (await ask(server.url, ["abc"])).status === 200);
      server.process.kill("SIGKILL");
      await hanging;
      await until("their end", () => workers.every((pid) => !isThere(pid)));
    } finally {
      await server.stop();
    }
  });
  await withHandlers({ lengths: LENGTHS }, async ({ comesTo }) => {
    await comesTo("ready", "lengths", 1);
    const folders = readdirSync(tmpdir()).filter((name) => /^sirve-python-\d+-/.test(name));
    assert.ok(folders.every((name) => isThere(Number(name.split("-")[3]))));
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a registry takes a handler in Python with the files beside it, and refuses one that does not load", {
  skip,
}, async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(
      data,
      async ({ add, url }) => {
        const code = LENGTHS.replace(
          "return 0 if",
          "return int(open(context.folder + '/extra.txt').read()) if",
        );
        const first = await add("lengths", [
          ["handler.py", code],
          ["extra.txt", "7"],
        ]);
        assert.equal(first.status, 201, JSON.stringify(first.body));
        assert.deepEqual((await ask(url, ["abc"])).data, [10]);
        const broken = await add("lengths", [["handler.py", "import nothing_like_this"]]);
        assert.equal(broken.status, 400);
        assert.match(JSON.stringify(broken.body), /No module named 'nothing_like_this'/);
      },
      ALLOWED,
    ),
  );
});

test("the command line adds a handler in Python, and one that does not load with its reason", {
  skip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "sirve-python-add-"));
  const server = await startServer({
    models: `--data=${join(folder, "data")}`,
    args: ["--engine-allow-code"],
  });
  try {
    const path = join(folder, "handler.py");
    writeFileSync(path, LENGTHS);
    const add = ["add", path, "--name", "lengths", "--no-git", "--url", server.url];
    const added = await runSirve(add);
    assert.equal(added.code, 0, added.stderr);
    assert.deepEqual((await ask(server.url, ["abc"])).data, [3]);
    writeFileSync(path, "def predict(inputs, state): pass");
    const refused = await runSirve(add);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /it declares no inputs, such as/);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
