import assert from "node:assert/strict";
import fc from "fast-check";
import { PlatformError } from "../base/index.ts";
import type { Database } from "../database/index.ts";
import type { Registry } from "./contract.ts";
import { brokenInvariants } from "./inspect.ts";
import { everyPage } from "./registry-models.suite.ts";
import { alice, endpointOver, type RegistryTests, versionOf } from "./registry-scene.suite.ts";
import { type Outcome, TwinRegistry } from "./registry-twin.suite.ts";

/** One change, made on the registry and on its twin. */
interface Step {
  readonly name: string;
  readonly real: (registry: Registry) => Promise<unknown>;
  readonly twin: (twin: TwinRegistry) => Outcome;
}

const models = fc.constantFrom("churn", "fraud");
const aliases = fc.constantFrom("champion", "champion", "challenger");
const versions = fc.integer({ min: 1, max: 5 });
const targets = fc.constantFrom("churn", "fraud", "churn@challenger", "churn@1", "churn@2", "fraud@2");

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(models, fc.integer({ min: 1, max: 6 })).map(
      ([model, file]): Step => ({
        name: `add ${model} ${file}`,
        real: (registry) => registry.addVersion(versionOf(model, file), alice),
        twin: (twin) => twin.add(model, file),
      }),
    ),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(models, aliases, versions, fc.constantFrom<"promote" | "rollback">("promote", "rollback"))
      .map(
        ([model, alias, version, kind]): Step => ({
          name: `${kind} ${model}@${alias} ${version}`,
          real: (registry) => registry.moveAlias({ model, alias, version, kind }, alice),
          twin: (twin) => twin.move(model, alias, version, kind),
        }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(models, versions).map(
      ([model, version]): Step => ({
        name: `delete ${model}@${version}`,
        real: (registry) => registry.deleteVersion(model, version, alice),
        twin: (twin) => twin.deleteVersion(model, version),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(models, aliases).map(
      ([model, alias]): Step => ({
        name: `delete ${model}@${alias}`,
        real: (registry) => registry.deleteAlias(model, alias, undefined, alice),
        twin: (twin) => twin.deleteAlias(model, alias),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(models, fc.boolean()).map(
      ([model, force]): Step => ({
        name: `delete ${model} ${force}`,
        real: (registry) => registry.deleteModel(model, { force }, alice),
        twin: (twin) => twin.deleteModel(model, force),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("shop", "churn"), fc.array(targets, { minLength: 1, maxLength: 3 }))
      .map(
        ([name, over]): Step => ({
          name: `set ${name} ${over.join()}`,
          real: (registry) => registry.setEndpoint(name, endpointOver(...over), {}, alice),
          twin: (twin) => twin.setEndpoint(name, over),
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("shop", "churn").map(
      (name): Step => ({
        name: `delete endpoint ${name}`,
        real: (registry) => registry.deleteEndpoint(name, undefined, alice),
        twin: (twin) => twin.deleteEndpoint(name),
      }),
    ),
  },
);

/** Random changes, compared with a naive twin after each. */
export const propertyTests: RegistryTests = {
  "whatever changes are made, the registry answers as its twin does and keeps its invariants": async ({
    registry,
    database,
  }) => {
    const sequences = fc.array(step, { minLength: 1, maxLength: 30 });
    const property = fc.asyncProperty(sequences, async (steps) => {
      await empty(database);
      const twin = new TwinRegistry();
      for (const { name, real, twin: expected } of steps) {
        assert.equal(await outcomeOf(real(registry)), expected(twin), name);
        assert.deepEqual(await snapshot(registry), twin.snapshot(), name);
        assert.deepEqual(await brokenInvariants(database.kysely), [], name);
      }
    });
    await fc.assert(property, { numRuns: 60 });
  },
};

async function empty(database: Database): Promise<void> {
  await database.change(async (tx) => {
    for (const table of ["aliases", "versions", "models", "retired_models", "endpoints", "audit"] as const) {
      await tx.deleteFrom(table).execute();
    }
  });
}

async function outcomeOf(work: Promise<unknown>): Promise<Outcome> {
  try {
    await work;
    return "ok";
  } catch (error) {
    if (error instanceof PlatformError) return error.code;
    throw error;
  }
}

/** What the registry holds, as its twin would say it. */
async function snapshot(registry: Registry): Promise<unknown> {
  const found = await everyPage((page) => registry.listModels(page), 1);
  const all = found.map(async ({ model, aliases: at }) => {
    const held = await everyPage((page) => registry.listVersions(model, page), 2);
    return {
      name: model,
      versions: held.toReversed().map(({ version, bytes }) => [version, bytes]),
      aliases: at.map(({ alias, version, previous }) => ({ alias, version, previous })),
    };
  });
  const endpoints = await everyPage((page) => registry.listEndpoints(page), 1);
  return {
    models: await Promise.all(all),
    endpoints: endpoints.map(({ endpoint, variants }) => [endpoint, variants.map(({ target }) => target)]),
  };
}
