import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { FolderWatcher, type Look } from "./watcher.ts";

const root = mkdtempSync(join(tmpdir(), "sirve-watch-"));
after(() => rmSync(root, { recursive: true }));

function put(path: string, ageMs: number): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), "x");
  const written = new Date(1_000_000_000_000 - ageMs);
  utimesSync(join(root, path), written, written);
}

function watch() {
  const looks: Look[] = [];
  const errors: unknown[] = [];
  const watcher = new FolderWatcher({
    root,
    pollMs: 1000,
    clock: new ManualClock(),
    wallNow: () => 1_000_000_000_000,
    onLook: (look) => looks.push(look),
    onError: (error) => errors.push(error),
  });
  const names = (kind: "whole" | "incomplete") => looks.at(-1)?.[kind].map((v) => `${v.model}@${v.version}`);
  return { watcher, names, looks, errors };
}

test("old files are whole at the first look, young ones once they have not changed between two looks", async () => {
  put("old/1/model.onnx", 60_000);
  put("young/3/model.onnx", 10);
  put("single.onnx", 60_000);
  const { watcher, names } = watch();
  await watcher.look();
  assert.deepEqual([names("whole"), names("incomplete")], [["old@1", "single@1"], ["young@3"]]);
  put("young/3/model.onnx", 5);
  await watcher.look();
  assert.deepEqual(names("incomplete"), ["young@3"]);
  await watcher.look();
  assert.deepEqual(names("whole"), ["old@1", "single@1", "young@3"]);
});

test("uploads in progress, odd names and odd versions are not taken, and odd ones are reported", async () => {
  put(".hidden/1/model.onnx", 60_000);
  put("old/2.part/model.onnx", 60_000);
  put("old/007/model.onnx", 60_000);
  put("bad name/1/model.onnx", 60_000);
  const { watcher, names, looks } = watch();
  await watcher.look();
  assert.deepEqual(
    names("whole"),
    ["old@1", "single@1", "young@3"].filter((n) => names("whole")?.includes(n)),
  );
  const reasons = looks.at(-1)?.problems.map((p) => p.reason) ?? [];
  assert.ok(reasons.some((r) => r.includes('"007" is not a version')));
  assert.ok(reasons.some((r) => r.includes('"bad name" is not a model name')));
});

test("one model's folder that cannot be read is named, and takes nothing from the others", async (t) => {
  if (process.getuid?.() === 0) return t.skip("root can read every folder");
  put("locked/1/model.onnx", 60_000);
  chmodSync(join(root, "locked"), 0);
  const { watcher, names, looks } = watch();
  await watcher.look();
  chmodSync(join(root, "locked"), 0o700);
  rmSync(join(root, "locked"), { recursive: true });
  assert.deepEqual([...(looks.at(-1)?.unreadable ?? [])], ["locked"]);
  assert.ok(names("whole")?.includes("old@1"));
});

test("a folder that cannot be read is reported and takes nothing away", async () => {
  const { watcher, looks, errors } = watch();
  await watcher.look();
  renameSync(root, `${root}-away`);
  await watcher.look();
  renameSync(`${root}-away`, root);
  assert.equal(looks.length, 1);
  assert.match(String(errors[0]), /cannot be read: ENOENT/);
});

test("a copy that keeps the times of its files is whole once nothing more comes, not with its first old file", async () => {
  const { watcher, names } = watch();
  await watcher.look();
  put("copied/1/model.onnx", 60_000);
  await watcher.look();
  assert.deepEqual(names("incomplete"), ["copied@1"]);
  put("copied/model.json", 60_000);
  await watcher.look();
  assert.deepEqual(names("incomplete"), ["copied@1"]);
  await watcher.look();
  assert.ok(names("whole")?.includes("copied@1"));
});
