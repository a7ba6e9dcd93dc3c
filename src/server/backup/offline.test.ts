import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileOf, registryConfig, withDataFolder } from "../../../test/kit/registry-app.ts";
import { artifact } from "../../../test/kit/served-folder.ts";
import { systemClock } from "../../base/index.ts";
import { silentLogger } from "../../telemetry/index.ts";
import { openStore, type Store } from "../store.ts";
import { backupData, inspectData, restoreData } from "./offline.ts";

const FILE = fileOf(artifact("churn", 1));
const ACTOR = { id: "", requestId: "r1" };

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The registry in `data`, while `use` runs. */
async function withStore<T>(data: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(registryConfig(data), systemClock, silentLogger);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Puts one version into the registry. */
const fill = async (data: string) =>
  withStore(data, async ({ artifacts, registry }) => {
    const { isComplete } = await artifacts.upload(FILE.digest, 0, once(FILE.content));
    assert.ok(isComplete);
    const { name, digest, bytes } = FILE;
    const files = [{ name, digest, bytes }];
    const about = { metrics: {}, tags: {}, lineage: {}, signature: { inputs: [], outputs: [] } };
    return await registry.addVersion({ model: "churn", files, ...about }, ACTOR);
  });

const statuses = (findings: Awaited<ReturnType<typeof inspectData>>) =>
  findings.filter(({ status }) => status !== "ok").map(({ detail }) => detail);

test("a registry that rests is backed up, restored elsewhere, and found sound there", async () => {
  await withDataFolder(async (folder) => {
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    const { record } = await fill(from);
    assert.deepEqual(statuses(await inspectData(registryConfig(from))), []);
    const restored = await restoreData(registryConfig(to), backupData(registryConfig(from)));
    assert.equal(restored.files, 1);
    assert.deepEqual(statuses(await inspectData(registryConfig(to))), []);
    await withStore(to, async ({ registry, artifacts }) => {
      assert.deepEqual(await registry.version("churn", 1), record);
      assert.equal(await artifacts.blobs.size(FILE.digest), FILE.bytes);
    });
    const again = restoreData(registryConfig(to), backupData(registryConfig(from)));
    await assert.rejects(again, { code: "failed_precondition", message: /holds records already/ });
  });
});

test("a registry that is in use is neither opened twice, nor backed up or restored beside its server", async () => {
  await withDataFolder(async (data) => {
    await withStore(data, async () => {
      const inUse = { code: "failed_precondition", message: /in use/ };
      await assert.rejects(openStore(registryConfig(data), systemClock, silentLogger), inUse);
      await assert.rejects(backupData(registryConfig(data)).next(), inUse);
      await assert.rejects(restoreData(registryConfig(data), once(FILE.content)), inUse);
      assert.deepEqual(statuses(await inspectData(registryConfig(data))), []);
    });
  });
});

test("what cannot be opened lets go of the data directory", async () => {
  await withDataFolder(async (data) => {
    writeFileSync(join(data, "sirve.db"), "no database".repeat(1000));
    await assert.rejects(openStore(registryConfig(data), systemClock, silentLogger), {
      code: "failed_precondition",
    });
    await rm(join(data, "sirve.db"));
    await withStore(data, async ({ registry }) => {
      assert.equal(await registry.lastChangeId(), 0);
    });
  });
});

test("a file that is gone is found", async () => {
  await withDataFolder(async (data) => {
    await fill(data);
    await rm(join(data, "blobs", FILE.digest.slice(0, 2), FILE.digest));
    const [detail = ""] = statuses(await inspectData(registryConfig(data)));
    assert.match(detail, new RegExp(`churn@1: ${FILE.digest} is gone`));
  });
});
