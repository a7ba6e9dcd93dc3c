import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readMetric } from "../kit/app.ts";
import { slowRows } from "../kit/flight-scene.ts";
import { artifact, createServedFolder } from "../kit/served-folder.ts";
import { startServer } from "../kit/server.ts";
import { until } from "../kit/until.ts";
import { ASKED_MODELS, answersOf } from "./answers.ts";
import { type Container, startContainer } from "./container.ts";
import { build, noContainers } from "./engine.ts";
import { run, sirve } from "./run.ts";

const IMAGE = "localhost/sirve-docker-test:1";
const folder = mkdtempSync(join(tmpdir(), "sirve-docker-"));
const context = join(folder, "context");
const skip = await noContainers();
let container: Container;

before(async () => {
  if (skip !== false) return;
  const models = createServedFolder();
  models.add("slow", 1, artifact("slow-5ms"), { batching: { mode: "none" }, instances: 1 });
  for (const name of ASKED_MODELS) {
    cpSync(`examples/models/${name}`, join(models.path, name), { recursive: true });
  }
  const names = [...ASKED_MODELS, "slow"];
  await sirve("package", ...names, "--from", models.path, "--target", "docker", "--out", context);
  models.delete();
  await build(context, IMAGE);
  container = await startContainer(IMAGE);
});

after(async () => {
  if (skip === false) {
    await container.remove();
    await run(`podman rmi --force ${IMAGE}`);
  }
  rmSync(folder, { recursive: true, force: true });
});

test("the image serves read-only, without capabilities or root, what the models answer here", {
  skip,
}, async (t) => {
  const local = await startServer({ models: join(context, "models") });
  try {
    assert.deepEqual(await answersOf(container.url), await answersOf(local.url));
  } finally {
    await local.stop();
  }
  const size = Number(await run(`podman image inspect ${IMAGE} --format {{.Size}}`));
  t.diagnostic(`image ${Math.round(size / 1e6)} MB, ready after ${Math.round(container.startMs)} ms`);
});

test("its process has no capability, is not root, and cannot write", { skip }, async () => {
  const status = await run(`podman exec ${container.id} cat /proc/1/status`);
  assert.match(status, /^Uid:\s+65532\s+65532/m);
  assert.match(status, /^CapBnd:\s+0+$/m);
  assert.match(status, /^NoNewPrivs:\s+1$/m);
  for (const place of ["/opt/sirve/x", "/opt/ml/model/x", "/tmp/x", "/x"]) {
    await assert.rejects(run(`podman exec ${container.id} touch ${place}`), /Read-only|denied/i, place);
  }
});

test("its labels name every model by digest, and the lock file holds the same", { skip }, async () => {
  const text = await run(`podman image inspect ${IMAGE} --format`, ["{{json .Labels}}"]);
  const labels = JSON.parse(text) as Record<string, string>;
  const lock = JSON.parse(readFileSync(join(context, "packages.lock.json"), "utf8")) as {
    readonly models: readonly { model: string; version: number; digest: string }[];
  };
  assert.equal(lock.models.length, ASKED_MODELS.length + 1);
  for (const { model, version, digest } of lock.models) {
    assert.equal(labels[`io.sirve.model.${model}.${version}`], `sha256:${digest}`);
  }
});

test("its health check passes while it is ready", { skip }, async () => {
  await run(`podman healthcheck run ${container.id}`);
});

test("told to end with requests under way, it answers them all, then ends with 0", { skip }, async () => {
  const one = await startContainer(IMAGE);
  try {
    const asked = Array.from({ length: 8 }, async () => askSlow(one.url));
    await until("requests that wait", async () => (await readMetric(one.url, "sirve_queue_rows", [])) > 0);
    await one.signal("TERM");
    assert.deepEqual(
      await Promise.all(asked),
      asked.map(() => 200),
    );
    assert.equal(await one.ended(), 0, await one.logs());
  } finally {
    await one.remove();
  }
});

/** A request that takes a good part of a second. @returns its status. */
async function askSlow(url: string): Promise<number> {
  const reply = await fetch(`${url}/v2/models/slow/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ inputs: slowRows(60) }),
  });
  await reply.arrayBuffer();
  return reply.status;
}
