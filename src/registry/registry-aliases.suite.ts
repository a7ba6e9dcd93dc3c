import assert from "node:assert/strict";
import type { Registry } from "./contract.ts";
import {
  addVersions,
  alice,
  endpointOver,
  promote,
  type RegistryTests,
  rollBack,
} from "./registry-scene.suite.ts";

/** Where an alias stands, and stood. */
async function standing(registry: Registry, alias = "champion"): Promise<readonly number[]> {
  const { aliases } = await registry.model("churn");
  const found = aliases.find((one) => one.alias === alias);
  return found ? [found.version, ...found.previous] : [];
}

/** Aliases: promoted, rolled back, deleted. */
export const aliasTests: RegistryTests = {
  "promoting keeps where an alias stood, rolling back forgets what it leaves": async ({ registry }) => {
    await addVersions(registry, "churn", 3);
    const moved = await promote(registry, "churn", 3);
    assert.equal(moved.from, 1);
    assert.equal(moved.alias.movedBy, "key:alice");
    await promote(registry, "churn", 2);
    assert.deepEqual(await standing(registry), [2, 3, 1]);
    await rollBack(registry, "churn", 3);
    assert.deepEqual(await standing(registry), [3, 1]);
    await rollBack(registry, "churn", 1);
    assert.deepEqual(await standing(registry), [1]);
  },

  "rolling back several steps forgets all of them": async ({ registry }) => {
    await addVersions(registry, "churn", 4);
    for (const version of [2, 3, 4]) await promote(registry, "churn", version);
    const { from, revision } = await rollBack(registry, "churn", 1);
    assert.equal(from, 4);
    assert.equal(revision, (await registry.model("churn")).revision);
    assert.deepEqual(await standing(registry), [1]);
  },

  "an alias does not go back to where it never stood": async ({ registry }) => {
    await addVersions(registry, "churn", 3);
    await promote(registry, "churn", 2);
    await assert.rejects(rollBack(registry, "churn", 3), {
      code: "failed_precondition",
      message: /never stood on version 3.*on 1 before/,
    });
    await assert.rejects(rollBack(registry, "churn", 1, "challenger"), { code: "not_found" });
  },

  "moving an alias to where it stands changes nothing": async ({ registry }) => {
    await addVersions(registry, "churn", 2);
    const first = await promote(registry, "churn", 2);
    for (const again of [await promote(registry, "churn", 2), await rollBack(registry, "churn", 2)]) {
      assert.deepEqual(again, { ...first, from: 2 });
    }
    assert.equal(await registry.lastChangeId(), first.revision);
  },

  "an alias remembers a hundred steps": async ({ registry }) => {
    await addVersions(registry, "churn", 2);
    for (let step = 0; step < 103; step += 1) await promote(registry, "churn", step % 2 === 0 ? 2 : 1);
    assert.equal((await standing(registry)).length, 101);
  },

  "an alias moves at the revision that its mover saw, and at no other": async ({ registry }) => {
    await addVersions(registry, "churn", 3);
    const { revision } = await registry.model("churn");
    const to = (version: number) =>
      registry.moveAlias(
        { model: "churn", alias: "champion", version, kind: "promote", expectedRevision: revision },
        alice,
      );
    await to(2);
    await assert.rejects(to(3), { code: "aborted", message: /revision/ });
    await assert.rejects(registry.deleteAlias("churn", "champion", revision, alice), { code: "aborted" });
    assert.deepEqual(await standing(registry), [2, 1]);
  },

  "the champion stays; another alias is deleted once no endpoint names it": async ({ registry }) => {
    await addVersions(registry, "churn", 2);
    await promote(registry, "churn", 2, "challenger");
    await registry.setEndpoint("shop", endpointOver("churn", "churn@challenger"), {}, alice);
    await assert.rejects(registry.deleteAlias("churn", "champion", undefined, alice), {
      code: "failed_precondition",
    });
    await assert.rejects(registry.deleteAlias("churn", "challenger", undefined, alice), {
      code: "failed_precondition",
      message: /endpoint shop/,
    });
    await registry.setEndpoint("shop", endpointOver("churn"), {}, alice);
    await registry.deleteAlias("churn", "challenger", undefined, alice);
    await assert.rejects(registry.deleteAlias("churn", "challenger", undefined, alice), {
      code: "not_found",
    });
    assert.deepEqual(await standing(registry, "challenger"), []);
  },

  "what could be taken for a version is no alias": async ({ registry }) => {
    await addVersions(registry, "churn", 1);
    for (const alias of ["7", "", "Champion", "a/b", "a\0", "x".repeat(65)]) {
      await assert.rejects(promote(registry, "churn", 1, alias), { code: "invalid_argument" });
    }
  },
};
