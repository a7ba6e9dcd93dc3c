import assert from "node:assert/strict";
import type { Database } from "../../src/database/index.ts";
import { brokenInvariants, type NewVersion, type Registry } from "../../src/registry/index.ts";
import { registrySnapshot } from "./registry-snapshot.ts";

const actor = { id: "", requestId: "" };

function versionOf(file: number): NewVersion {
  const files = [{ name: "model.onnx", digest: String(file).repeat(64), bytes: file }];
  const signature = { inputs: [], outputs: [] };
  return { model: "churn", files, signature, metrics: {}, tags: {}, lineage: {} };
}

const move = (registry: Registry, version: number, kind: "promote" | "rollback") =>
  registry.moveAlias({ model: "churn", alias: "champion", version, kind }, actor);

/** Versions 1 to 3 of a model, whose champion is 2 and was 1, and an endpoint. */
export async function fillRegistry(registry: Registry): Promise<void> {
  await registry.addVersion({ ...versionOf(1), model: "idle" }, actor);
  for (const file of [1, 2, 3]) await registry.addVersion(versionOf(file), actor);
  await move(registry, 2, "promote");
  const variants = [{ name: "a", target: "churn", weight: 1 }];
  await registry.setEndpoint("shop", { variants, salt: "" }, {}, actor);
}

/** Changes that a registry filled by {@link fillRegistry} takes, each once. */
export const CHANGES: Readonly<Record<string, (registry: Registry) => Promise<unknown>>> = {
  "adding the first version of a model": (on) => on.addVersion({ ...versionOf(4), model: "new" }, actor),
  "adding a version": (on) => on.addVersion(versionOf(4), actor),
  promoting: (on) => move(on, 3, "promote"),
  "rolling back": (on) => move(on, 1, "rollback"),
  "deleting a version": (on) => on.deleteVersion("churn", 1, actor),
  "deleting a model": (on) => on.deleteModel("idle", { force: true }, actor),
  "deleting an endpoint": (on) => on.deleteEndpoint("shop", undefined, actor),
  "changing an endpoint": (on) =>
    on.setEndpoint("shop", { variants: [{ name: "b", target: "churn@3", weight: 1 }], salt: "" }, {}, actor),
};

/** What a registry holds but its identity; its invariants must hold. */
export async function contentOf(database: Database): Promise<unknown> {
  assert.deepEqual(await brokenInvariants(database.kysely), []);
  const { storeId: _, ...content } = (await registrySnapshot(database)) as { storeId: string };
  return content;
}
