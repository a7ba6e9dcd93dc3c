import assert from "node:assert/strict";
import { createWriteStream, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { backupData, inspectData } from "../../src/server/index.ts";
import { collect, runSirve, startSirve } from "../kit/command-line.ts";
import { randomNumbers } from "../kit/random-numbers.ts";
import { registryConfig, withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { artifact } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";

/** The backup of a registry with 60 MB in one version. */
async function makeArchive(folder: string): Promise<string> {
  const data = join(folder, "from");
  const large = ["weights.bin", Buffer.alloc(60_000_000, 7)] as const;
  await withRegistryApp(data, async ({ add }) => {
    const { status, body } = await add("churn", [artifact("churn", 1), large]);
    assert.equal(status, 201, JSON.stringify(body));
  });
  const archive = join(folder, "backup.tar");
  await pipeline(backupData(registryConfig(data)), createWriteStream(archive));
  return archive;
}

async function assertSound(data: string): Promise<void> {
  const findings = await inspectData(registryConfig(data));
  assert.deepEqual(
    findings.filter(({ status }) => status !== "ok").map(({ detail }) => detail),
    [],
  );
}

test("a restore that is killed leaves no records; made again it is whole and leaves nothing else", async () => {
  const below = randomNumbers(3);
  await withDataFolder(async (folder) => {
    const archive = await makeArchive(folder);
    const data = join(folder, "to");
    const spools = () =>
      existsSync(data) ? readdirSync(data).filter((name) => name.startsWith("restore-")) : [];
    for (let round = 0; round < 3; round += 1) {
      const before = new Set(spools());
      const restoring = startSirve(["restore", archive, "--data", data]);
      const ran = collect(restoring);
      await until("the beginning", () => spools().some((name) => !before.has(name)));
      await new Promise((resolve) => setTimeout(resolve, below(60)));
      restoring.kill("SIGKILL");
      await ran;
      assert.equal(restoring.signalCode, "SIGKILL");
      assert.ok(!readdirSync(data).includes("sirve.db"));
    }
    const { code, stderr } = await runSirve(["restore", archive, "--data", data]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(data).toSorted(), ["blobs", "cache", "lock.db", "sirve.db"]);
    await assertSound(data);
  });
});
