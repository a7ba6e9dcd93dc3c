import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Database } from "../../src/database/index.ts";
import { brokenInvariants, openRegistry } from "../../src/registry/index.ts";
import { registrySnapshot } from "./registry-snapshot.ts";

/** Checks that a stored registry, opened by the code of now, holds what it held, and goes on from there. */
export async function checkUpgraded(database: Database, snapshot: string): Promise<void> {
  assert.deepEqual(await registrySnapshot(database), JSON.parse(readFileSync(snapshot, "utf8")));
  assert.deepEqual(await brokenInvariants(database.kysely), []);
  const registry = openRegistry({ database });
  const add = async (model: string) => {
    const files = [{ name: "model.onnx", digest: "f".repeat(64), bytes: 1 }];
    const signature = { inputs: [], outputs: [] };
    const added = await registry.addVersion(
      { model, files, signature, metrics: {}, tags: {}, lineage: {} },
      { id: "", requestId: "" },
    );
    return added.record.version;
  };
  assert.equal(await add("churn"), 5, "the number of a deleted version is not given again");
  assert.equal(await add("gone"), 2, "nor those of a deleted model");
  assert.deepEqual(await brokenInvariants(database.kysely), []);
}
