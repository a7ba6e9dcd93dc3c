import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../../base/index.ts";
import { aPlan } from "../sample-plan.suite.ts";
import { diskFile, textFile } from "../tree.ts";
import { readBase } from "./base-archive.ts";
import { writeArchive, writeLayer } from "./blobs.ts";
import { writeOciArchive } from "./oci-archive.ts";
import { unpackArchive } from "./unpack-archive.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-oci-"));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** A base of one layer, as docker save writes it. */
async function dockerArchive(name: string, change: object = {}): Promise<string> {
  const layer = await writeLayer(folder, name, [textFile("etc/os-release", "ID=test\n")]);
  const config = {
    architecture: "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin"] },
    rootfs: { diff_ids: [layer.diffId] },
    ...change,
  };
  const list = [{ Config: "config.json", Layers: ["layer.tar"] }];
  await writeArchive(at(name), [
    textFile("config.json", JSON.stringify(config)),
    textFile("manifest.json", JSON.stringify(list)),
    diskFile("layer.tar", layer.path),
  ]);
  return at(name);
}

test("an image on a base holds the base's layers, then its own, each under its digest", async () => {
  const digest = await writeOciArchive(at("image.tar"), aPlan(), await dockerArchive("base.tar"));
  const files = await unpackArchive(at("image.tar"), mkdtempSync(at("x-")));
  const read = (name: string) => JSON.parse(readFileSync(files.get(name)?.path ?? "", "utf8"));
  for (const [name, { sha256 }] of files) {
    if (name.startsWith("blobs/")) assert.equal(name, `blobs/sha256/${sha256}`);
  }
  assert.equal(read("index.json").manifests[0].digest, digest);
  const manifest = read(`blobs/${digest.replace(":", "/")}`);
  assert.equal(manifest.layers.length, 4);
  const { config } = read(`blobs/${manifest.config.digest.replace(":", "/")}`);
  assert.equal(config.User, "65532:65532");
  assert.equal(config.StopSignal, "SIGTERM");
  assert.equal(config.Env[0], "PATH=/bin");
  assert.deepEqual(config.Cmd, ["serve"]);
});

test("an image that was made can be built on again", async () => {
  const first = await writeOciArchive(at("first.tar"), aPlan(), await dockerArchive("base-again.tar"));
  const second = await writeOciArchive(at("second.tar"), aPlan(), at("first.tar"));
  assert.notEqual(second, first);
  const { layers } = await readBase(at("second.tar"), mkdtempSync(at("y-")), "x64");
  assert.equal(layers.length, 7);
});

test("the same plan makes the same bytes", async () => {
  const base = await dockerArchive("base-same.tar");
  for (const name of ["one.tar", "two.tar"]) await writeOciArchive(at(name), aPlan(), base);
  assert.ok(readFileSync(at("one.tar")).equals(readFileSync(at("two.tar"))));
});

test("a base for another platform, without layers or with too few, is refused", async () => {
  const none: readonly [string, object][] = [
    ["other.tar", { architecture: "s390x" }],
    ["windows.tar", { os: "windows" }],
    ["few.tar", { rootfs: { diff_ids: [] } }],
    ["digest.tar", { rootfs: { diff_ids: [`sha256:${"0".repeat(64)}`] } }],
    ["path.tar", { rootfs: { diff_ids: ["sha256:../../x"] } }],
  ];
  for (const [name, change] of none) {
    const reading = readBase(await dockerArchive(name, change), folder, "x64");
    await assert.rejects(reading, { code: "invalid_argument" }, name);
  }
  await assert.rejects(readBase(at("missing.tar"), folder, "x64"), { code: "not_found" });
});

test("no damage to a base passes for another image", async () => {
  const good = readFileSync(await dockerArchive("good.tar"));
  const { layers } = await readBase(at("good.tar"), mkdtempSync(at("z-")), "x64");
  const diffIds = layers.map(({ diffId }) => diffId);
  const work = mkdtempSync(at("w-"));
  const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.nat(good.length),
      async (all, end) => {
        const bytes = Buffer.from(good.subarray(0, end));
        for (const [place, value] of all) if (place < end) bytes[place] = value;
        writeFileSync(at("bad.tar"), bytes);
        const read = await readBase(at("bad.tar"), work, "x64").catch((error: unknown) => error);
        if (read instanceof Error) {
          assert.ok(read instanceof PlatformError, String(read));
        } else {
          const found = (read as { layers: typeof layers }).layers;
          assert.deepEqual(
            found.map((one) => one.diffId),
            diffIds,
          );
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("names in an archive lead nowhere", async () => {
  const work = mkdtempSync(at("names-"));
  await writeArchive(at("names.tar"), [
    textFile("../../escaped", "x"),
    { path: "link", content: { linkTo: "/etc/passwd" } },
  ]);
  const files = await unpackArchive(at("names.tar"), work);
  for (const { path, sha256 } of files.values()) {
    assert.ok(path.startsWith(work), path);
    assert.equal(createHash("sha256").update(readFileSync(path)).digest("hex"), sha256);
  }
});
