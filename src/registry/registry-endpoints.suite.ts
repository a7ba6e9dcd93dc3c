import assert from "node:assert/strict";
import type { EndpointSpec } from "./contract.ts";
import { everyPage } from "./registry-models.suite.ts";
import { addVersions, alice, endpointOver, type RegistryTests } from "./registry-scene.suite.ts";

/** Endpoints: stable names over variants. */
export const endpointTests: RegistryTests = {
  "an endpoint comes back as it was set": async ({ registry }) => {
    await addVersions(registry, "churn", 2);
    const spec: EndpointSpec = {
      variants: [
        { name: "a", target: "churn", weight: 90 },
        { name: "b", target: "churn@2", weight: 0.5 },
      ],
      shadow: { target: "churn@2", percent: 10, maxConcurrency: 3, tolerance: 1e-3 },
      splitKey: "x-user",
      salt: "pepper",
    };
    const record = await registry.setEndpoint("shop", spec, { reason: "trial" }, alice);
    const { revision, changedAt, ...rest } = await registry.endpoint("shop");
    assert.deepEqual(rest, { endpoint: "shop", ...spec, changedBy: "key:alice" });
    assert.deepEqual(record, { ...rest, revision, changedAt });
    const [line] = (await registry.audit({ limit: 1 })).items;
    assert.deepEqual(line?.details, { from: null, to: spec, reason: "trial" });
  },

  "an endpoint may have the name of a model": async ({ registry }) => {
    await addVersions(registry, "churn", 2);
    await registry.setEndpoint("churn", endpointOver("churn@1", "churn@2"), {}, alice);
    assert.equal((await registry.endpoint("churn")).variants.length, 2);
    assert.equal((await registry.model("churn")).model, "churn");
  },

  "an endpoint changes at the revision that its editor saw; 0 means that there is none yet": async ({
    registry,
  }) => {
    await addVersions(registry, "churn", 2);
    const set = (target: string, expectedRevision: number | undefined) =>
      registry.setEndpoint("shop", endpointOver(target), { expectedRevision }, alice);
    const { revision } = await set("churn", 0);
    await assert.rejects(set("churn@2", 0), { code: "aborted" });
    await assert.rejects(registry.deleteEndpoint("shop", revision + 1, alice), { code: "aborted" });
    const same = await set("churn", revision);
    assert.equal(same.revision, revision, "nothing changed");
    const changed = await set("churn@2", revision);
    assert.ok(changed.revision > revision);
    await registry.deleteEndpoint("shop", changed.revision, alice);
    const anew = await set("churn", 0);
    assert.ok(anew.revision > changed.revision, "a revision never comes back");
  },

  "an endpoint names only what is there": async ({ registry }) => {
    await addVersions(registry, "churn", 1);
    await registry.setEndpoint("shop", endpointOver("churn"), {}, alice);
    for (const target of ["nobody", "churn@2", "churn@challenger", "shop"]) {
      await assert.rejects(registry.setEndpoint("new", endpointOver(target), {}, alice), {
        code: "not_found",
      });
    }
    const shadow = { target: "churn@9", percent: 1, maxConcurrency: 1, tolerance: 0 };
    await assert.rejects(registry.setEndpoint("new", { ...endpointOver("churn"), shadow }, {}, alice), {
      code: "not_found",
    });
  },

  "an endpoint without variants, with one name twice, with weights that are none: refused": async ({
    registry,
  }) => {
    await addVersions(registry, "churn", 1);
    const [one] = endpointOver("churn").variants;
    assert.ok(one);
    const wrong = [
      [],
      [one, one],
      [{ ...one, weight: 0 }],
      [{ ...one, weight: -1 }],
      [{ ...one, weight: Number.NaN }],
      [{ ...one, weight: Number.POSITIVE_INFINITY }],
      [{ ...one, target: "churn@@1" }],
    ];
    for (const variants of wrong) {
      await assert.rejects(registry.setEndpoint("shop", { variants, salt: "" }, {}, alice), {
        code: "invalid_argument",
      });
    }
    await assert.rejects(registry.setEndpoint("a b", endpointOver("churn"), {}, alice), {
      code: "invalid_argument",
    });
  },

  "pages hold every endpoint once; a deleted one is gone": async ({ registry }) => {
    await addVersions(registry, "churn", 1);
    for (const name of ["c", "a", "b"]) await registry.setEndpoint(name, endpointOver("churn"), {}, alice);
    const names = async () =>
      (await everyPage((page) => registry.listEndpoints(page), 2)).map(({ endpoint }) => endpoint);
    assert.deepEqual(await names(), ["a", "b", "c"]);
    await registry.deleteEndpoint("b", undefined, alice);
    assert.deepEqual(await names(), ["a", "c"]);
    await assert.rejects(registry.deleteEndpoint("b", undefined, alice), { code: "not_found" });
  },
};
