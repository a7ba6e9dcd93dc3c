import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { scanFolder } from "./folder.ts";
import { readManifest } from "./load-version.ts";
import { checkIsInside, readBeside } from "./read-beside.ts";
import { checkDigest } from "./same-file.ts";

const root = mkdtempSync(join(tmpdir(), "sirve-hostile-"));
after(() => rmSync(root, { recursive: true }));

/** A new folder of models with these empty folders in it. */
function folder(...folders: string[]): string {
  const path = mkdtempSync(join(root, "models-"));
  for (const name of folders) mkdirSync(join(path, name), { recursive: true });
  return path;
}

test("pipes named like a model, a manifest or a digest are refused without waiting for a writer", async () => {
  const models = folder("m/1");
  const at = (name: string) => join(models, "m", "1", name);
  for (const name of ["model.onnx", "model.json", "model.onnx.sha256"]) execFileSync("mkfifo", [at(name)]);
  const { versions, problems } = await scanFolder(models);
  assert.deepEqual(versions, []);
  assert.match(problems[0]?.reason ?? "", /model.onnx is not a regular file/);
  const refusal = { code: "failed_precondition", message: /is not a regular file/ };
  await assert.rejects(readManifest({ manifestPath: at("model.json") }), refusal);
  await assert.rejects(checkDigest(at("model.onnx"), "00"), refusal);
  await assert.rejects(readBeside("/dev/zero", 1000), refusal);
  await assert.rejects(readBeside(models, 1000), refusal);
});

test("a manifest that is too large is refused by its size, unread", async () => {
  const manifestPath = join(folder(), "model.json");
  writeFileSync(manifestPath, "");
  execFileSync("truncate", ["-s", "1G", manifestPath]);
  await assert.rejects(readManifest({ manifestPath }), { code: "too_large", message: /1073741824 bytes/ });
});

test("a manifest nested without end is refused with a reason", async () => {
  const manifestPath = join(folder(), "model.json");
  writeFileSync(manifestPath, `{"inputPreparation":[{"name":"x","parameters":{"a":${"[".repeat(1_000_000)}`);
  await assert.rejects(readManifest({ manifestPath }), { code: "invalid_argument" });
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  writeFileSync(manifestPath, `{"inputPreparation":[{"name":"x","parameters":{"a":${deep}}}]}`);
  await assert.rejects(readManifest({ manifestPath }), { code: "invalid_argument" });
});

test("a link that leads out of the model's folder is refused, one that stays in it is not", async () => {
  const models = folder("m/1/data");
  const at = (name: string) => join(models, "m", "1", name);
  writeFileSync(at("data/words.txt"), "a");
  symlinkSync("data/words.txt", at("inside.txt"));
  symlinkSync("/etc/passwd", at("outside.txt"));
  symlinkSync("../..", at("up"));
  symlinkSync("loop", at("loop"));
  linkSync(at("data/words.txt"), at("linked.txt"));
  await checkIsInside(at("inside.txt"));
  await checkIsInside(at("linked.txt"));
  for (const name of ["outside.txt", "up"]) {
    await assert.rejects(checkIsInside(at(name)), { code: "failed_precondition", message: /leads out/ });
  }
  await assert.rejects(checkIsInside(at("loop")), { code: "ELOOP" });
  await assert.rejects(checkIsInside(at("missing")), { code: "ENOENT" });
});

test("a version with files without end is a problem, and its neighbour is found", async () => {
  const models = folder("many/1", "fine/1", "fine/01", "..evil", "a\nb/1");
  for (let i = 0; i < 1001; i++) writeFileSync(join(models, "many/1", `f${i}`), "");
  for (const name of ["many/1", "fine/1", "a\nb/1"]) writeFileSync(join(models, name, "model.onnx"), "x");
  symlinkSync("fine", join(models, "alias"));
  symlinkSync(".", join(models, "itself"));
  const { versions, problems } = await scanFolder(models);
  assert.deepEqual(
    versions.map(({ model }) => model),
    ["alias", "fine"],
  );
  const reasons = problems.map(({ reason }) => reason).join("; ");
  for (const part of [/more than 1000 files/, /"01" is not a version/, /is not a model name/]) {
    assert.match(reasons, part);
  }
});
