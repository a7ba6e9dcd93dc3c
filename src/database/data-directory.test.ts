import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openDataDirectory } from "./data-directory.ts";
import { openDatabase } from "./database.ts";
import { inspectDataDirectory } from "./inspect.ts";

async function newParent(t: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "sirve-data-"));
  t.after(() => rm(parent, { recursive: true }));
  return parent;
}

const inUse = {
  code: "failed_precondition",
  message: /data directory .*\/data is in use by another process/,
};

test("a data directory is its owner's alone, and one process has it at a time", async (t) => {
  const path = join(await newParent(t), "deep", "data");
  const first = openDataDirectory(path);
  assert.equal((await stat(path)).mode & 0o777, 0o700);
  assert.equal(first.databaseFile, join(path, "sirve.db"));
  assert.throws(() => openDataDirectory(path), inUse);
  first.close();
  first.close();
  openDataDirectory(path).close();
});

/** Another process that takes the directory and keeps it. */
async function takenByChild(t: TestContext, path: string): Promise<ChildProcess> {
  const code = `const { openDataDirectory } = await import(${JSON.stringify(import.meta.resolve("./data-directory.ts"))});
    openDataDirectory(${JSON.stringify(path)});
    process.stdout.write("taken");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout ?? assert.fail("no output"), "data");
  return child;
}

test("a second process is refused until the first is gone, SIGKILL included", async (t) => {
  const path = join(await newParent(t), "data");
  const child = await takenByChild(t, path);
  assert.throws(() => openDataDirectory(path), inUse);
  const [finding] = await inspectDataDirectory(path);
  assert.match(finding?.detail ?? "", /a server runs on it/);
  assert.throws(() => openDataDirectory(path), inUse, "looking at it has not freed it");
  if (process.platform === "linux") {
    assert.throws(() => openDataDirectory(path), { message: new RegExp(`\\(pid ${child.pid}\\)`) });
  }
  child.kill("SIGKILL");
  await once(child, "exit");
  openDataDirectory(path).close();
});

test("what is no directory is refused by its name", async (t) => {
  const path = join(await newParent(t), "data");
  await writeFile(path, "");
  assert.throws(() => openDataDirectory(path), {
    code: "failed_precondition",
    message: /\/data cannot be used/,
  });
  const [finding] = await inspectDataDirectory(path);
  assert.equal(finding?.status, "fail");
});

test("the check of a data directory tells what is missing, open to others, or well", async (t) => {
  const path = join(await newParent(t), "data");
  const statuses = async () => (await inspectDataDirectory(path)).map(({ status }) => status);
  assert.deepEqual(await statuses(), ["warn"]);
  const directory = openDataDirectory(path);
  assert.deepEqual(await statuses(), ["ok", "warn"]);
  const database = await openDatabase({ file: directory.databaseFile });
  assert.deepEqual(await statuses(), ["ok", "ok"]);
  await chmod(path, 0o755);
  assert.deepEqual(await statuses(), ["ok", "warn", "ok"]);
  await database.close();
  directory.close();
  assert.deepEqual(await statuses(), ["ok", "warn", "ok"]);
});
