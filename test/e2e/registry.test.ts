import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createClient } from "../../src/client/index.ts";
import { type Ran, runSirve } from "../kit/command-line.ts";
import { startServer, type TestServer } from "../kit/server.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-e2e-"));
const MODELS = ["examples/models/churn/1", "examples/models/churn/2"] as const;
let server: TestServer;

before(async () => {
  for (const [i, from] of MODELS.entries()) {
    mkdirSync(join(folder, `churn-${i + 1}`));
    copyFileSync(`${from}/model.onnx`, join(folder, `churn-${i + 1}`, "model.onnx"));
    copyFileSync("examples/models/churn/model.json", join(folder, `churn-${i + 1}`, "model.json"));
  }
  server = await startServer({ models: `--data=${join(folder, "data")}`, args: ["--log-level", "warn"] });
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (...args: string[]): Promise<Ran> => runSirve([...args, "--url", server.url]);

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, "-o", "json");
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

test("an empty registry says how to add a first model", () => {
  assert.match(server.output(), /sirve add model\.onnx --name/);
});

test("add, promote, roll back: each answers with what it did", async () => {
  const first = await json<{ version: number; aliases: string[]; lineage: { code?: string } }>(
    "add",
    join(folder, "churn-1"),
    "--name=churn",
    "--metrics=auc=0.81",
    "--code-ref=abc",
  );
  assert.deepEqual([first.version, first.aliases, first.lineage.code], [1, ["champion"], "abc"]);
  const second = await run("add", join(folder, "churn-2"), "--name", "churn");
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /churn version 2 added[\s\S]*next +sirve promote churn@2/);
  const again = await json<{ version: number; existed: boolean }>(
    "add",
    join(folder, "churn-2"),
    "--name=churn",
  );
  assert.deepEqual([again.version, again.existed], [2, true]);
  const promoted = await run("promote", "churn@2", "--force", "--reason", "better");
  assert.equal(promoted.code, 0, promoted.stderr);
  assert.match(promoted.stdout, /churn@champion from 1 to 2 in /);
  const back = await json<{ version: number; swapMs: number }>("rollback", "churn");
  assert.equal(back.version, 1);
  const audit = await json<{ action: string }[]>("audit", "--model", "churn");
  assert.ok(audit.length >= 4);
  assert.match((await run("models", "list")).stdout, /^churn +\* 1 .*champion$/m);
  assert.equal((await run("models", "diff", "churn", "1", "2")).code, 0);
  assert.equal((await run("models", "delete", "churn@1", "--yes")).code, 4);
});

test("the client's rows, whole and streamed, are answered by the champion", async () => {
  const client = createClient({ url: server.url });
  const rows = JSON.parse(readFileSync("examples/data/customers.json", "utf8")) as unknown;
  const list = Array.isArray(rows) ? (rows as object[]) : (rows as { rows: object[] }).rows;
  const answer = await client.predict("churn", { rows: list });
  assert.deepEqual([answer.model, answer.version], ["churn", 1]);
  const streamed: unknown[] = [];
  for await (const line of client.predictStream("churn", list)) streamed.push(line);
  assert.equal(streamed.length, list.length);
});

test("binary tensors of strings and floats are answered as typed arrays", async () => {
  const client = createClient({ url: server.url });
  const reply = await fetch(`${server.url}/v2/models/churn`);
  const { inputs } = (await reply.json()) as { inputs: { name: string; datatype: string }[] };
  const { model, outputs } = await client.infer("churn", {
    inputs: inputs.map(({ name, datatype }) => ({
      name,
      datatype,
      shape: [2, 1],
      data: datatype === "BYTES" ? ["no", "KS"] : new Float32Array([1, 2]),
    })),
  });
  assert.equal(model, "churn");
  const probabilities = outputs.find(({ datatype }) => datatype === "FP32");
  assert.ok(probabilities?.data instanceof Float32Array);
  assert.deepEqual(probabilities.shape, [2, 2]);
  const [first = 0, second = 0] = probabilities.data;
  assert.ok(Math.abs(first + second - 1) < 1e-5);
});

test("a plan is pending, then applied, then empty; a bad entry stops no other", async () => {
  const config = join(folder, "sirve.yaml");
  const endpoint = "{ variants: [{ name: a, target: churn, weight: 1 }] }";
  writeFileSync(
    config,
    `deploy:
  models:
    churn:
      versions: [{ name: a, path: churn-1 }, { name: b, path: churn-2 }]
      aliases: { challenger: b }
    copy: { versions: [{ path: churn-1 }] }
  endpoints: { ab: ${endpoint} }
`,
  );
  assert.equal((await run("plan", "--config", config)).code, 2);
  const applied = await run("apply", "--config", config);
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  const planned = await run("plan", "--config", config);
  assert.equal(planned.code, 0, planned.stdout);
  writeFileSync(
    config,
    `deploy:\n  models: { bad: { versions: [{ path: nowhere }] } }\n  endpoints: { cd: ${endpoint} }\n`,
  );
  const partly = await run("apply", "--config", config);
  assert.equal(partly.code, 1);
  assert.match(partly.stderr, /deploy\.models\.bad/);
  assert.equal((await run("endpoints", "show", "cd")).code, 0);
});

test("a backup of the running server is restored whole", async () => {
  const archive = join(folder, "all.tar");
  const backup = await run("backup", archive);
  assert.equal(backup.code, 0, backup.stderr);
  const restored = await runSirve(["restore", archive, "--data", join(folder, "restored")]);
  assert.equal(restored.code, 0, restored.stderr);
  const twice = await runSirve(["restore", archive, "--data", join(folder, "restored")]);
  assert.notEqual(twice.code, 0);
});
