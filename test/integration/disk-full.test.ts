import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { after, test } from "node:test";
import { type SirveClient, SirveError } from "../../src/client/index.ts";
import { backupData } from "../../src/server/index.ts";
import { runSirve } from "../kit/command-line.ts";
import { registryConfig, withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { addNoted, impatient, startRegistry } from "../kit/registry-process.ts";
import { artifact } from "../kit/served-folder.ts";

const MODEL = "echo";
const params = { model: MODEL };
const folder = mkdtempSync(join(tmpdir(), "sirve-full-"));
const skip = mountSmallDisk();
after(() => {
  if (skip === false) execFileSync("umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
});

/** A disk of 16 MiB. @returns why there is none. */
function mountSmallDisk(): string | false {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], { stdio: "ignore" });
    return false;
  } catch {
    return "a disk of its own can be mounted by root only, where the machine lets it";
  }
}

const freeBytes = () => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};

/** Takes all that is left but `exceptBytes`. */
function fill(exceptBytes = 0): () => void {
  const path = join(folder, "filler");
  writeFileSync(path, Buffer.alloc(freeBytes() - exceptBytes));
  return () => rmSync(path);
}

const isFull = (thrown: unknown) => {
  assert.ok(thrown instanceof SirveError, String(thrown));
  assert.deepEqual([thrown.status, thrown.code], [507, "disk_full"], thrown.message);
  assert.match(`${thrown.message} ${thrown.hint}`, /disk|space/i);
  assert.doesNotMatch(thrown.message, /ENOSPC/);
  return true;
};

async function stateOf({ admin }: SirveClient): Promise<unknown> {
  const { versions } = await admin.listVersions({ params });
  const { aliases } = await admin.listAliases({ params });
  return [versions.map(({ version }) => version), aliases.map(({ alias, version }) => [alias, version])];
}

test("a full disk refuses what needs room, loses nothing, and takes it once there is room", {
  skip,
}, async () => {
  const server = await startRegistry(join(folder, "data"));
  const client = impatient(server.url);
  try {
    for (const note of ["one", "two"]) await addNoted(client, MODEL, note);
    const before = await stateOf(client);
    const content = randomBytes(freeBytes() + 1_000_000);
    const digest = createHash("sha256").update(content).digest("hex");
    await assert.rejects(client.upload({ blob: new Blob([content]), digest }), isFull);
    assert.ok(freeBytes() > 1_000_000, "what could not be kept takes no room");
    const makeRoom = fill();
    await assert.rejects(addNoted(client, MODEL, "three"), isFull);
    await assert.rejects(client.admin.promote({ params, body: { version: 2 } }), isFull);
    assert.deepEqual(await stateOf(client), before);
    assert.equal((await client.predict(MODEL, { inputs: { x: [[1, 2]] } })).version, 1);
    makeRoom();
    assert.equal(await addNoted(client, MODEL, "three"), 3);
    assert.equal((await client.admin.promote({ params, body: { version: 2 } })).version, 2);
  } finally {
    await server.stop();
  }
});

test("a backup that a full disk does not hold is not restored, leaves nothing, and is once there is room", {
  skip,
}, async () => {
  await withDataFolder(async (outside) => {
    const archive = join(outside, "backup.tar");
    await withRegistryApp(join(outside, "from"), async ({ add }) => {
      const large = ["weights.bin", randomBytes(3_000_000)] as const;
      assert.equal((await add("churn", [artifact("churn", 1), large])).status, 201);
    });
    await pipeline(backupData(registryConfig(join(outside, "from"))), createWriteStream(archive));
    const data = join(folder, "restored");
    const makeRoom = fill(2_000_000);
    const refused = await runSirve(["restore", archive, "--data", data]);
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, /no room|full/i);
    assert.ok(!existsSync(join(data, "sirve.db")));
    makeRoom();
    const restored = await runSirve(["restore", archive, "--data", data]);
    assert.equal(restored.code, 0, restored.stderr);
    assert.deepEqual(readdirSync(data).toSorted(), ["blobs", "cache", "lock.db", "sirve.db"]);
  });
});
