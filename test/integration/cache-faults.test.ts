import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { FLIGHT_REQUEST, flightScene } from "../kit/flight-scene.ts";
import { WIRES } from "../kit/four-wires.ts";
import { artifact } from "../kit/served-folder.ts";

const root = mkdtempSync(join(tmpdir(), "sirve-cache-"));

/** Loads models and answers for them, with the cache in `cacheDir`. */
async function serves(cacheDir: string): Promise<void> {
  await flightScene(
    async ({ folder, clients, comesTo }) => {
      folder.add("late", 1, artifact("add-sub"));
      await comesTo("ready", "late", 1);
      for (const wire of WIRES) assert.ok((await clients.infer(wire, FLIGHT_REQUEST)).ok);
    },
    { "engine.cacheDir": cacheDir },
  );
}

test("a cache folder that cannot be made costs time and nothing else", async () => {
  writeFileSync(join(root, "file"), "in the way");
  await serves(join(root, "file", "cache"));
});

test("verdicts that were cut short, are of another kind or are no files are found out again", async () => {
  const cache = join(root, "damaged");
  await serves(cache);
  const files = readdirSync(cache, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".json"),
  );
  assert.ok(files.length >= 2, String(files));
  const [first, ...rest] = files.map((name) => join(cache, name));
  if (first) rmSync(first);
  if (first) mkdirSync(first);
  for (const path of rest) writeFileSync(path, '{"rows":"inde');
  await serves(cache);
});

const full = join(root, "full");
mkdirSync(full);
const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", full]);
const reason = status === 0 ? false : "this user may not mount a file system that is full";
after(() => {
  if (status === 0) spawnSync("umount", ["-l", full]);
  rmSync(root, { recursive: true });
});

test("a cache on a file system that is full costs time and nothing else", { skip: reason }, async () => {
  writeFileSync(join(full, "all-of-it"), Buffer.alloc(4096));
  await serves(full);
  const drafts = readdirSync(full).filter((name) => name !== "all-of-it" && name.includes(".json"));
  assert.deepEqual(drafts, [], "nothing half written stays");
});
