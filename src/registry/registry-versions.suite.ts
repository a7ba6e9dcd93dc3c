import assert from "node:assert/strict";
import { artifactDigest } from "./artifact-digest.ts";
import type { NewVersion } from "./contract.ts";
import { everyPage } from "./registry-models.suite.ts";
import {
  addVersions,
  alice,
  endpointOver,
  promote,
  type RegistryTests,
  rollBack,
  versionOf,
} from "./registry-scene.suite.ts";

const digest = "ab".repeat(32);

const nonsense: readonly [string, Partial<NewVersion>][] = [
  ["a name with a slash", { model: "a/b" }],
  ["no files", { files: [] }],
  ["a path as file name", { files: [{ name: "../model.onnx", digest, bytes: 1 }] }],
  ["a hidden file", { files: [{ name: ".env", digest, bytes: 1 }] }],
  ["one file twice", { files: ["a", "A"].map((name) => ({ name, digest, bytes: 1 })) }],
  ["a digest in upper case", { files: [{ name: "a", digest: digest.toUpperCase(), bytes: 1 }] }],
  ["half a byte", { files: [{ name: "a", digest, bytes: 0.5 }] }],
  ["a size below 0", { files: [{ name: "a", digest, bytes: -1 }] }],
  ["a metric that is no number", { metrics: { auc: Number.NaN } }],
  ["an endless metric", { metrics: { auc: Number.POSITIVE_INFINITY } }],
  ["a description with NUL", { description: "a\0" }],
];

/** Versions: added once, immutable, deleted when nothing serves them. */
export const versionTests: RegistryTests = {
  "the first version of a model is its champion, and the next ones are not": async ({ registry }) => {
    const first = await registry.addVersion(versionOf("churn", 1, { description: "Who leaves" }), alice);
    assert.equal(first.existed, false);
    assert.deepEqual(first.record.aliases, ["champion"]);
    const second = await registry.addVersion(versionOf("churn", 2), alice);
    assert.equal(second.record.version, 2);
    assert.deepEqual(second.record.aliases, []);
    const model = await registry.model("churn");
    assert.equal(model.description, "Who leaves");
    assert.deepEqual(
      model.aliases.map(({ alias, version, previous }) => ({ alias, version, previous })),
      [{ alias: "champion", version: 1, previous: [] }],
    );
  },

  "a version comes back as it was given, free sizes without a name included": async ({ registry }) => {
    const files = [
      { name: "model.json", digest, bytes: 2 },
      { name: "Labels.txt", digest, bytes: 0 },
      { name: "model.onnx", digest, bytes: 3_000_000_000 },
    ];
    const given = versionOf("churn", 1, {
      files,
      metrics: { auc: 0.1 + 0.2, tiny: 5e-324, π: -0.5 },
      tags: { "owner name": "Zoë\u2028\n\0", ["__proto__"]: "x" },
      lineage: { data: "s3://bucket/data", code: "abc", run: "run-1", parent: 7 },
    });
    const { record } = await registry.addVersion(given, alice);
    const { signature, metrics, tags, lineage } = given;
    assert.deepEqual(
      { ...record, createdAt: "" },
      {
        model: "churn",
        version: 1,
        digest: artifactDigest(files),
        files: [files[1], files[0], files[2]],
        bytes: 3_000_000_002,
        signature,
        metrics,
        tags,
        lineage,
        createdAt: "",
        createdBy: "key:alice",
        aliases: ["champion"],
      },
    );
    assert.deepEqual(await registry.version("churn", 1), record);
  },

  "the same artifact is the same version, whatever order its files come in": async ({ registry }) => {
    const files = ["model.onnx", "labels.txt"].map((name) => ({ name, digest, bytes: 1 }));
    const first = await registry.addVersion(versionOf("churn", 1, { files }), alice);
    const changes = await registry.lastChangeId();
    const again = await registry.addVersion(
      versionOf("churn", 1, { files: files.toReversed(), metrics: {} }),
      alice,
    );
    assert.deepEqual(again, { record: first.record, existed: true });
    assert.equal(await registry.lastChangeId(), changes);
    const elsewhere = await registry.addVersion(versionOf("other", 1, { files }), alice);
    assert.equal(elsewhere.existed, false);
  },

  [`${nonsense.map(([what]) => what).join(", ")}: refused, nothing is registered`]: async ({ registry }) => {
    for (const [what, more] of nonsense) {
      await assert.rejects(
        registry.addVersion(versionOf("churn", 1, more), alice),
        { code: "invalid_argument" },
        what,
      );
    }
    assert.equal(await registry.lastChangeId(), 0);
  },

  "pages hold every version once, newest first": async ({ registry }) => {
    await addVersions(registry, "churn", 5);
    for (const limit of [1, 2, 5, 6]) {
      const listed = await everyPage((page) => registry.listVersions("churn", page), limit);
      assert.deepEqual(
        listed.map(({ version }) => version),
        [5, 4, 3, 2, 1],
      );
      assert.deepEqual(listed.at(-1)?.aliases, ["champion"]);
    }
    await assert.rejects(registry.listVersions("nobody", { limit: 1 }), { code: "not_found" });
  },

  "a version that cannot be is not found": async ({ registry }) => {
    await addVersions(registry, "churn", 1);
    for (const version of [0, -1, 1.5, 2, 1e300, Number.NaN, Number.POSITIVE_INFINITY]) {
      await assert.rejects(registry.version("churn", version), { code: "not_found" });
      await assert.rejects(promote(registry, "churn", version), { code: "not_found" });
    }
  },

  "tags of a version are replaced, and its model's revision grows": async ({ registry }) => {
    await addVersions(registry, "churn", 1);
    const before = await registry.model("churn");
    const record = await registry.setTags("churn", 1, { stage: "reviewed" }, alice);
    assert.deepEqual(record.tags, { stage: "reviewed" });
    assert.ok((await registry.model("churn")).revision > before.revision);
    await assert.rejects(registry.setTags("churn", 2, {}, alice), { code: "not_found" });
  },

  "a version is deleted unless an alias stands on it or an endpoint names it": async ({ registry }) => {
    await addVersions(registry, "churn", 3);
    await registry.setEndpoint("shop", endpointOver("churn@2"), {}, alice);
    await assert.rejects(registry.deleteVersion("churn", 1, alice), {
      code: "failed_precondition",
      message: /champion/,
    });
    await assert.rejects(registry.deleteVersion("churn", 2, alice), {
      code: "failed_precondition",
      message: /endpoint shop/,
    });
    await registry.deleteVersion("churn", 3, alice);
    await assert.rejects(registry.version("churn", 3), { code: "not_found" });
    const { record } = await registry.addVersion(versionOf("churn", 3), alice);
    assert.equal(record.version, 4, "a number is never given twice");
  },

  "an alias forgets a deleted version, and goes back past it": async ({ registry }) => {
    await addVersions(registry, "churn", 3);
    for (const version of [2, 1, 3]) await promote(registry, "churn", version);
    const steps = async () => (await registry.model("churn")).aliases[0]?.previous;
    assert.deepEqual(await steps(), [1, 2, 1]);
    await registry.deleteVersion("churn", 2, alice);
    assert.deepEqual(await steps(), [1]);
    await assert.rejects(rollBack(registry, "churn", 2), { code: "not_found" });
    await rollBack(registry, "churn", 1);
    assert.deepEqual(await steps(), []);
  },

  "the digests of every file that a version has are known, and of no other": async ({ registry }) => {
    await addVersions(registry, "churn", 3);
    assert.equal((await registry.referencedDigests()).size, 3);
    await registry.deleteVersion("churn", 2, alice);
    const left = [1, 3].map((file) => file.toString(16).padStart(64, "0"));
    assert.deepEqual(await registry.referencedDigests(), new Set(left));
  },
};
