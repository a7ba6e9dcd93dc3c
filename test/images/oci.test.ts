import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startServer, type TestServer } from "../kit/server.ts";
import { ASKED_MODELS, answersOf } from "./answers.ts";
import { startContainer } from "./container.ts";
import { BASE, noContainers } from "./engine.ts";
import { run, sirve } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-oci-"));
const at = (name: string) => join(folder, name);
const skip = await noContainers();
const loaded: string[] = [];

const NAMES = ASKED_MODELS.join(" ");
const COMMON = `package ${NAMES} --from examples/models --target oci --name sirve-oci-test`.split(" ");
const pack = async (name: string, ...more: string[]): Promise<string> =>
  sirve(...COMMON, "--out", at(name), ...more);

let local: TestServer;

before(async () => {
  if (skip !== false) return;
  await pack("own.tar");
  for (const name of ASKED_MODELS) {
    cpSync(`examples/models/${name}`, at(`models/${name}`), { recursive: true });
  }
  local = await startServer({ models: at("models") });
});

after(async () => {
  if (skip === false) await local.stop();
  for (const image of loaded) await run(`podman rmi --force ${image}`);
  rmSync(folder, { recursive: true, force: true });
});

/** Loads an archive. @returns the image. */
async function load(name: string): Promise<string> {
  const text = await run(`podman load --quiet --input ${at(name)}`);
  const image = /[^\s:]+\/[^\s]+$|sha256:\w+$/.exec(text)?.[0] ?? assert.fail(text);
  loaded.push(image);
  return image;
}

async function answersAsHere(image: string): Promise<number> {
  const container = await startContainer(image);
  try {
    assert.deepEqual(await answersOf(container.url), await answersOf(local.url));
    await container.signal("TERM");
    assert.equal(await container.ended(), 0, await container.logs());
    return container.startMs;
  } finally {
    await container.remove();
  }
}

test("an archive on a root of our own loads, and answers what the models answer here", {
  skip,
}, async (t) => {
  const image = await load("own.tar");
  const startMs = await answersAsHere(image);
  const size = Number(await run(`podman image inspect ${image} --format {{.Size}}`));
  t.diagnostic(`image ${Math.round(size / 1e6)} MB, ready after ${Math.round(startMs)} ms`);
});

test("it holds no shell, and serves as a user without rights", { skip }, async () => {
  const image = await load("own.tar");
  await assert.rejects(run(`podman run --rm --network host --entrypoint sh ${image}`), /sh/);
  assert.equal(await run(`podman image inspect ${image} --format {{.User}}`), "65532:65532");
});

test("the same input makes the same bytes", { skip }, async () => {
  await pack("again.tar");
  const [first, second] = ["own.tar", "again.tar"].map((name) =>
    createHash("sha256")
      .update(readFileSync(at(name)))
      .digest("hex"),
  );
  assert.equal(second, first);
});

test("skopeo inspects it, and copies it without a complaint", { skip }, async () => {
  const seen = JSON.parse(await run(`skopeo inspect oci-archive:${at("own.tar")}`)) as {
    readonly Architecture: string;
    readonly Labels: Record<string, string>;
    readonly Layers: readonly string[];
  };
  assert.equal(seen.Architecture, process.arch === "arm64" ? "arm64" : "amd64");
  assert.match(seen.Labels["io.sirve.model.fashion.2"] ?? "", /^sha256:[0-9a-f]{64}$/);
  assert.equal(seen.Layers.length, 4);
  await run(`skopeo copy --quiet oci-archive:${at("own.tar")} dir:${at("copied")}`);
  await run(`skopeo copy --quiet docker-archive:${at("own.tar")} dir:${at("copied-as-docker")}`);
});

for (const format of ["oci-archive", "docker-archive"]) {
  test(`a base image of a ${format} is built on, and answers the same`, { skip }, async () => {
    await run(`podman save --quiet --format ${format} --output ${at(`${format}.tar`)} ${BASE}`);
    await pack(`on-${format}.tar`, "--base", at(`${format}.tar`));
    await answersAsHere(await load(`on-${format}.tar`));
  });
}
