import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ActualModel, type Change, planChanges, type State, type WantedModel } from "./plan-changes.ts";

interface Model {
  description?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
  versions: { version: number; content: string; tags: Readonly<Record<string, string>> }[];
  aliases: Map<string, number>;
}

/** What a server makes of the changes; it refuses what the real one refuses. */
function applied(actual: State<ActualModel>, changes: readonly Change[]): State<ActualModel> {
  const models = new Map<string, Model>();
  for (const [name, { versions, aliases, ...rest }] of actual.models) {
    models.set(name, { ...rest, versions: [...versions], aliases: new Map(aliases) });
  }
  const endpoints = new Map(actual.endpoints);
  for (const change of changes) {
    if (change.kind === "set-endpoint") endpoints.set(change.endpoint, change.spec);
    else if (change.kind === "delete-endpoint") endpoints.delete(change.endpoint);
    else if (change.kind === "delete-model") models.delete(change.model);
    else applyToModel(models, change);
  }
  return { models, endpoints };
}

function applyToModel(models: Map<string, Model>, change: Change & { model: string }): void {
  const model = models.get(change.model) ?? { versions: [], aliases: new Map<string, number>() };
  if (change.kind === "add-version") {
    const version = Math.max(0, ...model.versions.map((one) => one.version)) + 1;
    model.versions.push({ version, content: change.content, tags: {} });
    if (version === 1) model.aliases.set("champion", 1);
    models.set(change.model, model);
  } else if (change.kind === "move-alias") {
    const found = model.versions.find(({ version, content }) => [version, content].includes(change.to));
    assert.ok(found, `${change.alias} → ${change.to}`);
    model.aliases.set(change.alias, found.version);
  } else if (change.kind === "delete-alias") model.aliases.delete(change.alias);
  else if (change.kind === "delete-version") {
    assert.ok(![...model.aliases.values()].includes(change.version), "an alias stands on it");
    model.versions = model.versions.filter(({ version }) => version !== change.version);
  } else if (change.kind === "change-model") {
    model.description = change.description ?? model.description;
    model.tags = change.tags ?? model.tags;
  } else if (change.kind === "tag-version") {
    model.versions = model.versions.map((one) =>
      one.version === change.version ? { ...one, tags: change.tags } : one,
    );
  }
}

const contents = fc.uniqueArray(fc.constantFrom("x", "y", "z", "w"), { minLength: 1 });
const wantedModel: fc.Arbitrary<WantedModel> = contents.chain((list) =>
  fc.record({
    description: fc.option(fc.constantFrom("one", "two"), { nil: undefined }),
    versions: fc.constant(list.map((content) => ({ content }))),
    aliases: fc
      .dictionary(fc.constantFrom("champion", "challenger", "old"), fc.constantFrom(...list))
      .map((given) => new Map(Object.entries(given))),
  }),
);
const spec = fc.record({
  variants: fc.constantFrom(1, 2).map((weight) => [{ name: "a", target: "m", weight }]),
  salt: fc.constantFrom("", "s"),
});
const wanted: fc.Arbitrary<State<WantedModel>> = fc.record({
  models: fc
    .dictionary(fc.constantFrom("m", "n"), wantedModel)
    .map((given) => new Map(Object.entries(given))),
  endpoints: fc.dictionary(fc.constantFrom("e", "f"), spec).map((given) => new Map(Object.entries(given))),
});
const EMPTY: State<ActualModel> = { models: new Map(), endpoints: new Map() };

test("applying a plan reaches what is declared, from wherever, and leaves nothing to do", () => {
  fc.assert(
    fc.property(wanted, wanted, fc.boolean(), (before, after, prune) => {
      const start = applied(EMPTY, planChanges(before, EMPTY));
      const reached = applied(start, planChanges(after, start, prune));
      assert.deepEqual(planChanges(after, reached, prune), []);
      for (const [name, model] of after.models) {
        const there = reached.models.get(name);
        for (const { content } of model.versions) {
          assert.equal(there?.versions.filter((one) => one.content === content).length, 1);
        }
        for (const [alias, target] of model.aliases) {
          const on = there?.versions.find(({ version }) => version === there.aliases.get(alias));
          assert.equal(on?.content, target);
        }
      }
      for (const [name, one] of after.endpoints) assert.deepEqual(reached.endpoints.get(name), one);
      if (prune) assert.deepEqual(new Set(reached.models.keys()), new Set(after.models.keys()));
      else for (const name of start.models.keys()) assert.ok(reached.models.has(name));
    }),
  );
});
