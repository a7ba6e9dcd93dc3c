import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkDigest, watchFile } from "./same-file.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-file-"));
const path = join(folder, "model.onnx");
after(() => rmSync(folder, { recursive: true }));

test("a file that stays passes, one that is replaced, written to or deleted does not", async () => {
  writeFileSync(path, "one");
  await (await watchFile(path))();
  const replaced = await watchFile(path);
  writeFileSync(join(folder, "other"), "two");
  renameSync(join(folder, "other"), path);
  await assert.rejects(replaced(), /changed while it was loaded/);
  const deleted = await watchFile(path);
  rmSync(path);
  await assert.rejects(deleted(), { code: "failed_precondition" });
});

test("a digest beside the file must be right, and need not be there", async () => {
  await checkDigest(path, "abc");
  writeFileSync(`${path}.sha256`, "ABC  model.onnx\n");
  await checkDigest(path, "abc");
  await assert.rejects(checkDigest(path, "abd"), /has digest abd, its \.sha256 file says abc/);
});
