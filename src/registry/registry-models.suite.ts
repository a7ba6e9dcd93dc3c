import assert from "node:assert/strict";
import type { AuditEntry, Page, Paged } from "./contract.ts";
import {
  addVersions,
  alice,
  endpointOver,
  promote,
  type RegistryTests,
  versionOf,
} from "./registry-scene.suite.ts";

/** All entries of a list, a page of `limit` at a time. */
export async function everyPage<T>(list: (page: Page) => Promise<Paged<T>>, limit: number): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page: Paged<T> = await list({ limit, after });
    assert.ok(page.items.length <= limit);
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

/** Models, the audit log, and what a server reads. */
export const modelTests: RegistryTests = {
  "an empty registry lists nothing and has not changed": async ({ registry }) => {
    assert.deepEqual(await registry.listModels({ limit: 10 }), { items: [] });
    assert.deepEqual(await registry.state(), { changeId: 0, models: [], versions: [], endpoints: [] });
    assert.equal(await registry.lastChangeId(), 0);
    await assert.rejects(registry.model("churn"), { code: "not_found" });
  },

  "pages hold every model once, in the order of names, whatever their size": async ({ registry }) => {
    const names = ["a", "B", "c.1", "c-1", "c_1", "Z"];
    for (const name of names) await addVersions(registry, name, 1);
    const sorted = names.toSorted((a, b) => (a < b ? -1 : 1));
    for (const limit of [1, 2, 3, 6, 7]) {
      const listed = await everyPage((page) => registry.listModels(page), limit);
      assert.deepEqual(
        listed.map(({ model }) => model),
        sorted,
      );
    }
  },

  "a page that is none is refused": async ({ registry }) => {
    for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
      await assert.rejects(registry.listModels({ limit }), { code: "invalid_argument" });
    }
    for (const after of ["", "?", "bm8", Buffer.from("5").toString("base64url"), "\0"]) {
      await assert.rejects(registry.listModels({ limit: 1, after }), { code: "invalid_argument" });
    }
    await assert.rejects(registry.audit({ limit: 1, after: "IngiLA" }), { code: "invalid_argument" });
  },

  "a model is changed at the revision that its editor saw, and at no other": async ({ registry }) => {
    await addVersions(registry, "churn", 1);
    const { revision } = await registry.model("churn");
    const changed = await registry.changeModel(
      "churn",
      { description: "Who leaves", tags: { team: "risk" } },
      revision,
      alice,
    );
    assert.equal(changed.description, "Who leaves");
    assert.deepEqual(changed.tags, { team: "risk" });
    assert.ok(changed.revision > revision);
    await assert.rejects(registry.changeModel("churn", { description: "x" }, revision, alice), {
      code: "aborted",
    });
    const partly = await registry.changeModel("churn", { tags: {} }, undefined, alice);
    assert.equal(partly.description, "Who leaves");
    assert.deepEqual(partly.tags, {});
    assert.equal(
      (await registry.changeModel("churn", { tags: {} }, undefined, alice)).revision,
      partly.revision,
    );
  },

  "a model that serves is deleted by force only, and never while an endpoint names it": async ({
    registry,
  }) => {
    await addVersions(registry, "churn", 2);
    await registry.setEndpoint("shop", endpointOver("churn"), {}, alice);
    const forced = { force: true };
    await assert.rejects(registry.deleteModel("churn", forced, alice), {
      code: "failed_precondition",
      message: /endpoint shop/,
    });
    await registry.deleteEndpoint("shop", undefined, alice);
    await assert.rejects(registry.deleteModel("churn", { force: false }, alice), {
      code: "failed_precondition",
      message: /serves/,
    });
    await assert.rejects(registry.deleteModel("churn", { force: true, expectedRevision: 1 }, alice), {
      code: "aborted",
    });
    await registry.deleteModel("churn", forced, alice);
    await assert.rejects(registry.version("churn", 1), { code: "not_found" });
    await assert.rejects(registry.deleteModel("churn", forced, alice), { code: "not_found" });
  },

  "a model that comes back goes on with its numbers": async ({ registry }) => {
    await addVersions(registry, "churn", 2);
    const before = await registry.model("churn");
    for (const number of [3, 4]) {
      await registry.deleteModel("churn", { force: true }, alice);
      const { record } = await registry.addVersion(versionOf("churn", 1), alice);
      assert.equal(record.version, number);
      assert.deepEqual(record.aliases, ["champion"]);
    }
    assert.ok((await registry.model("churn")).revision > before.revision);
  },

  "every change is one line of the audit log, newest first, and tells who did what": async ({ registry }) => {
    await addVersions(registry, "churn", 2);
    await addVersions(registry, "other", 1);
    await registry.moveAlias(
      {
        model: "churn",
        alias: "champion",
        version: 2,
        kind: "promote",
        reason: "better",
        details: { force: true },
      },
      alice,
    );
    const told = (entry: AuditEntry) => `${entry.id} ${entry.action} ${entry.model}`;
    const all = await everyPage((page) => registry.audit(page), 2);
    assert.deepEqual(all.map(told), [
      "6 alias.move churn",
      "5 alias.move other",
      "4 version.add other",
      "3 version.add churn",
      "2 alias.move churn",
      "1 version.add churn",
    ]);
    const { at, ...last } = all[0] ?? assert.fail("no line");
    assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(last, {
      id: 6,
      actor: "key:alice",
      action: "alias.move",
      model: "churn",
      requestId: "request-1",
      details: { alias: "champion", from: 1, to: 2, kind: "promote", reason: "better", force: true },
    });
    const some = await everyPage(
      (page) => registry.audit({ ...page, model: "churn", action: "alias.move" }),
      1,
    );
    assert.deepEqual(
      some.map(({ id }) => id),
      [6, 2],
    );
    assert.deepEqual(
      (await registry.changesAfter(3, 2)).map(({ id }) => id),
      [4, 5],
    );
    assert.equal(await registry.lastChangeId(), 6);
  },

  "what is refused leaves no trace": async ({ registry }) => {
    await addVersions(registry, "churn", 1);
    const before = await registry.state();
    await assert.rejects(promote(registry, "churn", 9), { code: "not_found" });
    await assert.rejects(registry.setEndpoint("shop", endpointOver("churn", "nobody"), {}, alice), {
      code: "not_found",
    });
    await assert.rejects(registry.deleteVersion("churn", 1, alice), { code: "failed_precondition" });
    assert.deepEqual(await registry.state(), before);
  },

  "names from outside reach the records without NUL": async ({ registry }) => {
    await registry.addVersion(versionOf("churn", 1), { id: "jwt:a\0b", requestId: "r\0" });
    const { items } = await registry.audit({ limit: 1 });
    assert.equal(items[0]?.actor, "jwt:a\uFFFDb");
    assert.equal((await registry.version("churn", 1)).createdBy, "jwt:a\uFFFDb");
    for (const name of ["a\0", "../x", "x".repeat(129), ""]) {
      await assert.rejects(registry.model(name), { code: "not_found" });
      await assert.rejects(registry.endpoint(name), { code: "not_found" });
    }
    await assert.rejects(registry.audit({ limit: 1, model: "a\0" }), { code: "invalid_argument" });
  },

  "the state holds what serves: aliases, the step before each champion, what endpoints name": async ({
    registry,
  }) => {
    await addVersions(registry, "churn", 6);
    await addVersions(registry, "idle", 2);
    for (const version of [2, 3]) await promote(registry, "churn", version);
    await promote(registry, "churn", 4, "challenger");
    await promote(registry, "churn", 1, "challenger");
    const spec = {
      ...endpointOver("churn@5", "idle"),
      shadow: { target: "churn@challenger", percent: 50, maxConcurrency: 2, tolerance: 0.1 },
    };
    await registry.setEndpoint("shop", spec, {}, alice);
    const state = await registry.state();
    assert.deepEqual(
      state.versions.map(({ model, version }) => `${model}@${version}`),
      ["churn@1", "churn@2", "churn@3", "churn@5", "idle@1"],
    );
    assert.deepEqual(
      state.models.map(({ model }) => model),
      ["churn", "idle"],
    );
    assert.deepEqual(state.endpoints, [await registry.endpoint("shop")]);
    assert.equal(state.changeId, await registry.lastChangeId());
    assert.deepEqual(state.versions[2], await registry.version("churn", 3));
  },

  "the state holds more versions than one query asks for": async ({ registry }) => {
    await addVersions(registry, "churn", 230);
    for (let version = 2; version <= 230; version += 1) {
      await promote(registry, "churn", version, `a${version}`);
    }
    const { versions } = await registry.state();
    assert.deepEqual(
      versions.map(({ version }) => version),
      Array.from({ length: 230 }, (_, index) => index + 1),
    );
  },
};
