import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ASKED_MODELS, answersOf } from "./answers.ts";
import { freePort, startContainer, waitUntilReady } from "./container.ts";
import { build, noContainers } from "./engine.ts";
import { run, sirve } from "./run.ts";

const NAME = "images-test";
const IMAGE = "localhost/sirve-unit-test:1";
const folder = mkdtempSync(join(tmpdir(), "sirve-systemd-"));
const skip = await noContainers();
after(() => rmSync(folder, { recursive: true, force: true }));

/** The words of a quoted line, as systemd.service(5) reads them. */
const wordsOf = (text: string) =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = ""]) =>
    word.replaceAll(/\\(.)/g, "$1").replaceAll("%%", "%").replaceAll("$$", "$"),
  );

const linesOf = (unit: string, key: string) =>
  unit.split("\n").flatMap((line) => (line.startsWith(`${key}=`) ? wordsOf(line) : []));

test("the unit's own command line, installed, answers what the container answers", { skip }, async (t) => {
  const models = join(folder, "models");
  for (const name of ASKED_MODELS) {
    cpSync(`examples/models/${name}`, join(models, name), { recursive: true });
  }
  const what = ["package", ...ASKED_MODELS, "--from", models, "--name", NAME];
  await sirve(...what, "--target", "systemd", "--out", join(folder, "unit"));
  await sirve(...what, "--target", "docker", "--out", join(folder, "context"));
  t.after(async () => {
    await run(`sh ${join(folder, "unit/uninstall.sh")}`);
    assert.ok(!existsSync(`/opt/sirve-${NAME}`), "nothing is left");
  });
  await run(`sh ${join(folder, "unit/install.sh")}`);
  await build(join(folder, "context"), IMAGE);
  t.after(async () => run(`podman rmi --force ${IMAGE}`));
  const container = await startContainer(IMAGE);
  t.after(async () => container.remove());
  const unit = readFileSync(`/etc/systemd/system/sirve-${NAME}.service`, "utf8");
  assert.deepEqual(await answersOfUnit(unit), await answersOf(container.url));
});

/** Starts ExecStart with Environment, nothing else, as a user without rights; ends it as systemd does. */
async function answersOfUnit(unit: string): Promise<unknown[]> {
  const [program = "", ...args] = linesOf(unit, "ExecStart");
  const [http, grpc] = [await freePort(), await freePort()];
  const env: NodeJS.ProcessEnv = { SIRVE_HTTP_PORT: http, SIRVE_GRPC_PORT: grpc };
  for (const line of linesOf(unit, "Environment")) {
    env[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
  }
  const child = spawn(program, args, {
    env,
    uid: 65_532,
    gid: 65_532,
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  }
  const ended = once(child, "exit");
  try {
    await waitUntilReady(`http://127.0.0.1:${http}`);
    return await answersOf(`http://127.0.0.1:${http}`);
  } finally {
    child.kill("SIGTERM");
    const [code] = (await ended) as [number | null];
    assert.equal(code, 0, printed);
  }
}
