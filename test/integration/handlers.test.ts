import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type TestApp, withApp } from "../kit/app.ts";
import { askLengths as ask, assertLengthsOnEveryWire } from "../kit/lengths.ts";
import { withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { artifact } from "../kit/served-folder.ts";
import { startServer } from "../kit/server.ts";
import { until } from "../kit/until.ts";

const LENGTHS = `
import type { Handler } from "sirve/handler";
interface State { readonly extra: number }
export default {
  inputs: { text: { dtype: "BYTES", shape: [-1, 1] } },
  outputs: { length: { dtype: "INT32", shape: [-1, 1] } },
  load: async ({ folder }) => ({ extra: folder.length > 0 ? 0 : 1 }),
  predict: ({ text }: { text: { shape: number[]; data: string[] } }, { extra }) => {
    if (text.data.includes("blame")) throw Object.assign(new Error("blame is no text"), { code: "invalid_argument" });
    if (text.data.includes("fail")) throw new TypeError("a fault of the handler");
    if (text.data.includes("hang")) for (;;) {}
    if (text.data.includes("exit")) process.exit(3);
    if (text.data.includes("lie")) return { length: { shape: text.shape, data: Float32Array.of(1) } };
    return { length: { shape: text.shape, data: Int32Array.from(text.data, (one) => one.length + extra) } };
  },
} satisfies Handler<State>;
`;

const ALLOWED = { "engine.allowCode": true };

/** A server of a folder with handlers in it. */
async function withHandlers(
  handlers: Readonly<Record<string, string>>,
  use: (app: TestApp, folder: string) => Promise<void>,
  flags: Parameters<typeof withApp>[2] = ALLOWED,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-handlers-"));
  for (const [model, text] of Object.entries(handlers)) write(folder, model, text);
  try {
    await withApp(folder, async (app) => use(app, folder), flags);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What lies beside a handler: a model of test/artifacts/models, a manifest. */
interface Beside {
  readonly beside?: string | undefined;
  readonly manifest?: object;
}

function write(folder: string, model: string, text: string, { beside, manifest }: Beside = {}): void {
  const draft = join(folder, `.draft-${model}`);
  mkdirSync(draft);
  if (beside) copyFileSync(artifact(beside), join(draft, "model.onnx"));
  writeFileSync(join(draft, "handler.ts"), text);
  if (manifest) writeFileSync(join(draft, "model.json"), JSON.stringify(manifest));
  mkdirSync(join(folder, model), { recursive: true });
  renameSync(draft, join(folder, model, "1"));
}

test("a handler in TypeScript answers on every wire, its rows joined", async () => {
  await withHandlers({ lengths: LENGTHS }, async ({ url, comesTo }) => {
    await comesTo("ready", "lengths", 1);
    await assertLengthsOnEveryWire(url, "sirve_handler");
  });
});

test("what a handler does wrong costs its own request: errors, lies, endless loops, exits", async () => {
  await withHandlers({ lengths: LENGTHS }, async ({ url, comesTo }) => {
    await comesTo("ready", "lengths", 1);
    const blamed = await ask(url, ["blame"]);
    assert.equal(blamed.status, 400);
    assert.match(blamed.error ?? "", /the handler failed: blame is no text$/);
    const failed = await ask(url, ["fail"]);
    assert.equal(failed.status, 500);
    assert.match(failed.error ?? "", /the handler failed: a fault of the handler/);
    assert.match((await ask(url, ["lie"])).error ?? "", /answered .* as "length"/);
    const hung = await ask(url, ["hang"], "lengths", { "x-sirve-deadline-ms": "300" });
    assert.match(hung.error ?? "", /timeout expired/i);
    const gone = await ask(url, ["exit"]);
    assert.equal(gone.status, 503, JSON.stringify(gone));
    assert.deepEqual((await ask(url, ["still", "here"])).data, [5, 4]);
  });
});

test("a handler that never answers made-up rows is loaded all the same, and its calls end by their deadlines", async () => {
  const endless = LENGTHS.replace("predict: (", "predict: () => { for (;;) {} }, unused: (");
  await withHandlers(
    { lengths: endless.replace(" satisfies Handler<State>", "") },
    async ({ url, comesTo, control }) => {
      await comesTo("ready", "lengths", 1);
      const { batching } = control.find("lengths")?.versions[0] ?? {};
      assert.equal(batching?.mode, "none");
      const { error } = await ask(url, ["x"], "lengths", { "x-sirve-deadline-ms": "200" });
      assert.match(error ?? "", /timeout expired/i);
    },
  );
});

test("a handler that cannot be loaded says why, with the user's own words", async () => {
  const bad = {
    syntax: "export default {",
    nothing: "export const x = 1;",
    dtype: `export default { inputs: { x: { dtype: "FLOAT", shape: [-1] } }, outputs: {}, predict: () => ({}) };`,
    endless: LENGTHS.replace("load: async (", "load: () => { for (;;) {} }, unused: (").replace(
      " satisfies Handler<State>",
      "",
    ),
    load: `export default { inputs: { x: { dtype: "FP32", shape: [-1] } }, outputs: { x: { dtype: "FP32", shape: [-1] } }, load() { throw new Error("no weights"); }, predict: (x) => x };`,
  };
  await withHandlers(
    bad,
    async ({ comesTo, control }) => {
      for (const model of Object.keys(bad)) await comesTo("failed", model, 1);
      const reasonOf = (model: string) => control.find(model)?.versions[0]?.reason ?? "";
      assert.match(reasonOf("syntax"), /the handler cannot be loaded/);
      assert.match(reasonOf("nothing"), /no function predict/);
      assert.match(reasonOf("dtype"), /inputs\.x\.dtype is FLOAT/);
      assert.match(reasonOf("load"), /no weights/);
      assert.match(reasonOf("endless"), /was not loaded after 1500 ms/);
    },
    { ...ALLOWED, "engine.probeTimeoutMs": 1500 },
  );
});

test("code runs only where it is allowed, and says how", async () => {
  const flags = {};
  await withHandlers(
    { lengths: LENGTHS },
    async ({ comesTo, control }) => {
      await comesTo("failed", "lengths", 1);
      assert.match(control.find("lengths")?.versions[0]?.reason ?? "", /runs no code of users/);
    },
    flags,
  );
});

test("a registry takes a handler as a version, tries it first, and promotes it", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(
      data,
      async ({ add, call, url }) => {
        const first = await add("lengths", [["handler.ts", LENGTHS]]);
        assert.equal(first.status, 201, JSON.stringify(first.body));
        const broken = await add("lengths", [["handler.ts", "export default 1;"]]);
        assert.equal(broken.status, 400, JSON.stringify(broken.body));
        const longer = LENGTHS.replace("one.length + extra", "one.length + 100");
        assert.equal((await add("lengths", [["handler.ts", longer]])).status, 201);
        const meanwhile = await ask(url, ["abc"]);
        assert.deepEqual(meanwhile.data, [3], JSON.stringify(meanwhile));
        const promoted = await call("POST", "/api/v1/models/lengths/promote", { body: { version: 2 } });
        assert.equal(promoted.status, 200, JSON.stringify(promoted.body));
        await until("version 2", async () => (await ask(url, ["abc"])).data?.[0] === 103);
      },
      ALLOWED,
    ),
  );
});

/** Sixteen numbers from one text each; their sums with themselves, and how many were odd in `tens`. */
const AROUND = `
const numbers = (texts) => Int32Array.from(texts.data.flatMap((text) => Array(16).fill(text.length)));
export default {
  inputs: { text: { dtype: "BYTES", shape: [-1, 1] } },
  outputs: { twice: { dtype: "INT32", shape: [-1, 1] } },
  load: () => ({ calls: 0 }),
  preprocess: ({ text }) => {
    if (text.data.includes("blame")) throw Object.assign(new Error("blame is no text"), { code: "invalid_argument" });
    if (text.data.includes("hang")) for (;;) {}
    const tensor = { shape: [text.shape[0], 16], data: numbers(text) };
    return text.data.includes("lie") ? { INPUT0: tensor } : { INPUT0: tensor, INPUT1: tensor };
  },
  postprocess: ({ OUTPUT0 }) => ({ twice: { shape: [OUTPUT0.shape[0], 1], data: OUTPUT0.data.filter((_, i) => i % 16 === 0) } }),
};
`;

async function withAround(
  text: string,
  use: (app: TestApp) => Promise<void>,
  flags = ALLOWED,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-around-"));
  write(folder, "lengths", text, { beside: "add-sub" });
  try {
    await withApp(folder, use, flags);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a handler beside a model makes its inputs and its answers, its rows joined", async () => {
  await withAround(AROUND, async ({ url, comesTo, metric }) => {
    await comesTo("ready", "lengths", 1);
    const texts = Array.from({ length: 40 }, (_, i) => "x".repeat(i));
    const answers = await Promise.all(texts.map(async (text) => ask(url, [text])));
    assert.deepEqual(
      answers.map(({ data }) => data?.[0]),
      texts.map(({ length }) => 2 * length),
    );
    assert.ok((await metric("sirve_batch_rows_count", 'model="lengths"')) < 40);
    const metadata = (await (await fetch(`${url}/v2/models/lengths`)).json()) as { inputs: unknown };
    assert.deepEqual(metadata.inputs, [{ name: "text", datatype: "BYTES", shape: [-1, 1] }]);
  });
});

test("what a handler beside a model does wrong costs its own request", async () => {
  await withAround(AROUND, async ({ url, comesTo }) => {
    await comesTo("ready", "lengths", 1);
    assert.match((await ask(url, ["blame"])).error ?? "", /the handler failed: blame is no text$/);
    assert.match((await ask(url, ["lie"])).error ?? "", /answered nothing as "INPUT1"/);
    const hung = await ask(url, ["hang"], "lengths", { "x-sirve-deadline-ms": "300" });
    assert.match(hung.error ?? "", /timeout expired/i);
    assert.deepEqual((await ask(url, ["still", "here"])).data, [10, 8]);
  });
});

test("a handler beside a model may leave out either function, and has the model's tensors there", async () => {
  const after = AROUND.replace("inputs: {", "unused: {").replace("preprocess:", "unread:");
  await withAround(after, async ({ url, comesTo }) => {
    await comesTo("ready", "lengths", 1);
    const { inputs, outputs } = (await (await fetch(`${url}/v2/models/lengths`)).json()) as Record<
      string,
      { name: string }[]
    >;
    assert.deepEqual(
      [inputs, outputs].map((specs) => specs?.map(({ name }) => name)),
      [["INPUT0", "INPUT1"], ["twice"]],
    );
  });
});

test("a handler beside a model is refused where code is, and where it predicts or declares what it does not make", async () => {
  const reasonOf = async (text: string, flags: typeof ALLOWED) => {
    let reason = "";
    await withAround(
      text,
      async ({ comesTo, control }) => {
        await comesTo("failed", "lengths", 1);
        reason = control.find("lengths")?.versions[0]?.reason ?? "";
      },
      flags,
    );
    return reason;
  };
  assert.match(await reasonOf(AROUND, { "engine.allowCode": false }), /runs no code of users/);
  assert.match(await reasonOf(LENGTHS, ALLOWED), /beside model\.onnx has a function predict/);
  const undone = AROUND.replace("preprocess:", "unread:");
  assert.match(await reasonOf(undone, ALLOWED), /declares inputs and has no function preprocess/);
});

test("a handler that is edited in place is loaded anew, and the one before goes on until the new one loads", async () => {
  await withHandlers({ lengths: LENGTHS }, async ({ url, comesTo, control }, folder) => {
    await comesTo("ready", "lengths", 1);
    const path = join(folder, "lengths", "1", "handler.ts");
    writeFileSync(path, "export default {");
    const states = () => control.find("lengths")?.versions.map(({ state }) => state) ?? [];
    await until("a failure", () => states().includes("failed"));
    const meanwhile = await ask(url, ["abc"]);
    assert.deepEqual(meanwhile.data, [3], JSON.stringify(meanwhile));
    writeFileSync(path, LENGTHS.replace("one.length + extra", "one.length + 100"));
    await until("the edited handler", async () => (await ask(url, ["abc"])).data?.[0] === 103);
  });
});

const APART = { isolation: "process" };

/** A server with one handler in processes of its own; with a model beside it, if one is named. */
async function withApart(text: string, use: (app: TestApp) => Promise<void>, beside?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-apart-"));
  write(folder, "lengths", text, { beside, manifest: APART });
  try {
    await withApp(folder, use, ALLOWED);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("in a process of its own a handler answers, and its crash, exit or hang costs its own request", async () => {
  const crashing = LENGTHS.replace(
    'if (text.data.includes("exit"))',
    'if (text.data.includes("crash")) process.kill(process.pid, "SIGSEGV");\n    if (text.data.includes("pid")) throw new Error(`pid ${process.pid}`);\n    if (text.data.includes("exit"))',
  );
  await withApart(crashing, async ({ url, comesTo }) => {
    await comesTo("ready", "lengths", 1);
    assert.deepEqual((await ask(url, ["a", "bcd"])).data, [1, 3]);
    const pid = Number(/pid (\d+)/.exec((await ask(url, ["pid"])).error ?? "")?.[1]);
    assert.ok(pid > 0 && pid !== process.pid);
    const crashed = await ask(url, ["crash"]);
    assert.deepEqual([crashed.status, /process died \(SIGSEGV\)/.test(crashed.error ?? "")], [503, true]);
    assert.match((await ask(url, ["exit"])).error ?? "", /process died \(exit code 3\)/);
    const hung = await ask(url, ["hang"], "lengths", { "x-sirve-deadline-ms": "300" });
    assert.match(hung.error ?? "", /timeout expired/i);
    assert.deepEqual((await ask(url, ["still", "here"])).data, [5, 4]);
  });
});

test("a handler around a model runs in a process of its own, the model by the stock engine", async () => {
  await withApart(
    AROUND,
    async ({ url, comesTo }) => {
      await comesTo("ready", "lengths", 1);
      assert.deepEqual((await ask(url, ["still", "here"])).data, [10, 8]);
    },
    "add-sub",
  );
});

test("a second worker that does not load in its time fails the call that waits for it", async () => {
  const stalls = LENGTHS.replace(
    "load: async ({ folder }) => (",
    `load: async ({ folder }) => {
      const { existsSync } = await import("node:fs");
      if (existsSync(folder + "/../../loaded")) for (;;) {}
      return (`,
  )
    .replace("extra: folder.length > 0 ? 0 : 1 }),", "extra: folder.length > 0 ? 0 : 1 }); },")
    .replace(
      'if (text.data.includes("exit")) process.exit(3);',
      'if (text.data.includes("exit")) { process.getBuiltinModule("node:fs").writeFileSync(marker, ""); process.exit(3); }',
    );
  await withHandlers(
    {
      lengths: stalls.replace(
        "interface State",
        'const marker = import.meta.dirname + "/../../loaded";\ninterface State',
      ),
    },
    async ({ url, comesTo }) => {
      await comesTo("ready", "lengths", 1);
      assert.deepEqual((await ask(url, ["a"])).data, [1]);
      assert.equal((await ask(url, ["exit"])).status, 503);
      assert.match((await ask(url, ["b"])).error ?? "", /was not loaded after 1500 ms/);
    },
    { ...ALLOWED, "engine.probeTimeoutMs": 1500 },
  );
});

test("a process of a handler that never ends is gone soon after its server was killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sirve-orphan-"));
  const text = LENGTHS.replace(
    'if (text.data.includes("hang"))',
    'if (text.data.includes("pid")) throw new Error(`pid ${process.pid}`);\n    if (text.data.includes("hang"))',
  );
  write(folder, "lengths", text, { manifest: APART });
  const server = await startServer({ models: folder, args: ["--dev", "--log-level", "silent"] });
  try {
    const pid = Number(/pid (\d+)/.exec((await ask(server.url, ["pid"])).error ?? "")?.[1]);
    // Ends with the server.
    ask(server.url, ["hang"]).catch(() => {});
    await until("the hang", async () => isBusy(pid));
    server.process.kill("SIGKILL");
    await until("its end", () => !isAlive(pid));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether it uses the processor now. Source: proc_pid_stat(5), utime. */
async function isBusy(pid: number): Promise<boolean> {
  const ticks = () => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]);
  };
  const before = ticks();
  await new Promise((resolve) => setTimeout(resolve, 200));
  return ticks() > before + 5;
}
