import assert from "node:assert/strict";
import {
  addVersions,
  alice,
  endpointOver,
  promote,
  type RegistryTests,
  versionOf,
} from "./registry-scene.suite.ts";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** How many were refused with a code; the others succeeded. */
function refusals(outcomes: readonly PromiseSettledResult<unknown>[], code: string): number {
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  for (const { reason } of refused) assert.equal((reason as { code?: string }).code, code);
  return refused.length;
}

/** Changes at the same time, by two servers. */
export const raceTests: RegistryTests = {
  "versions that are added at once get different numbers without a gap, and one champion": async ({
    registry,
    other,
  }) => {
    const added = await Promise.all(
      upTo(12).map((file) => (file % 2 === 0 ? registry : other).addVersion(versionOf("churn", file), alice)),
    );
    assert.deepEqual(
      added.map(({ record }) => record.version).toSorted((a, b) => a - b),
      upTo(12),
    );
    assert.equal((await registry.model("churn")).aliases.length, 1);
  },

  "one artifact that is added by many at once is one version": async ({ registry, other }) => {
    const added = await Promise.all(
      upTo(8).map((n) => (n % 2 === 0 ? registry : other).addVersion(versionOf("churn", 1), alice)),
    );
    assert.deepEqual(new Set(added.map(({ record }) => record.version)), new Set([1]));
    assert.equal(added.filter(({ existed }) => !existed).length, 1);
  },

  "of many who promote from the same revision one wins, the others are told": async ({ registry, other }) => {
    await addVersions(registry, "churn", 9);
    const { revision: expectedRevision } = await registry.model("churn");
    const move = (version: number) =>
      (version % 2 === 0 ? registry : other).moveAlias(
        { model: "churn", alias: "champion", version, kind: "promote", expectedRevision },
        alice,
      );
    const outcomes = await Promise.allSettled(upTo(9).slice(1).map(move));
    assert.equal(refusals(outcomes, "aborted"), 7);
    assert.deepEqual((await registry.model("churn")).aliases[0]?.previous, [1]);
  },

  "a version is promoted or deleted, never both": async ({ registry, other }) => {
    for (const round of upTo(6)) {
      const model = `m${round}`;
      await addVersions(registry, model, 2);
      const [moved, deleted] = await Promise.allSettled([
        promote(registry, model, 2),
        other.deleteVersion(model, 2, alice),
      ]);
      assert.notEqual(moved.status, deleted.status);
    }
  },

  "an endpoint is pointed at a version or the version is deleted, never both": async ({
    registry,
    other,
  }) => {
    for (const round of upTo(6)) {
      const model = `m${round}`;
      await addVersions(registry, model, 2);
      const set = other.setEndpoint(model, endpointOver(`${model}@2`), {}, alice);
      const [done, deleted] = await Promise.allSettled([set, registry.deleteVersion(model, 2, alice)]);
      assert.notEqual(done.status, deleted.status);
    }
  },

  "who follows the changes misses none, whoever makes them": async ({ registry, other }) => {
    const seen: number[] = [];
    let isOver = false;
    const follow = async () => {
      for (let goesOn = true; goesOn; ) {
        goesOn = !isOver;
        for (const { id } of await other.changesAfter(seen.at(-1) ?? 0, 5)) seen.push(id);
      }
    };
    const follower = follow();
    await Promise.all(
      upTo(20).map((file) =>
        (file % 2 === 0 ? registry : other).addVersion(versionOf(`m${file % 3}`, file), alice),
      ),
    );
    isOver = true;
    await follower;
    while (seen.length < (await registry.lastChangeId())) {
      for (const { id } of await other.changesAfter(seen.at(-1) ?? 0, 5)) seen.push(id);
    }
    assert.deepEqual(seen, upTo(seen.length));
    assert.equal(seen.length, 23);
  },

  "a state is of one moment: every version that an alias stands on is in it": async ({ registry, other }) => {
    await addVersions(registry, "churn", 4);
    const over = new AbortController();
    const look = async () => {
      while (!over.signal.aborted) {
        const { models, versions, changeId } = await other.state();
        const champion = models[0]?.aliases[0]?.version;
        assert.ok(
          versions.some(({ version, aliases }) => version === champion && aliases.includes("champion")),
        );
        assert.equal(models[0]?.revision, changeId);
      }
    };
    const looking = look();
    for (const step of upTo(30)) await promote(registry, "churn", (step % 4) + 1);
    over.abort();
    await looking;
  },
};
