import type { Caller, ControlPlane, ModelStatus } from "../../model/index.ts";
import type { Registry } from "../../registry/index.ts";
import { type AdminRequest, EMPTY_OUTCOME, type HandlersOf } from "./contract.ts";
import { described, foundIn, joined } from "./model-view.ts";
import { expectedRevision } from "./precondition.ts";

type ModelHandlers = HandlersOf<
  | "listModels"
  | "showModel"
  | "changeModel"
  | "deleteModel"
  | "modelStatistics"
  | "versionStatistics"
  | "allStatistics"
  | "loadModel"
  | "unloadModel"
  | "loadVersion"
  | "unloadVersion"
>;

export interface ModelParts {
  readonly control: (caller: Caller) => ControlPlane;
  readonly registry: Registry | undefined;
  /** Takes over what the registry says now. */
  readonly sync: () => Promise<void>;
}

/** Models: what the registry holds, or the folder, and what of it is loaded. */
export function modelHandlers(parts: ModelParts): ModelHandlers {
  return { ...readingHandlers(parts), ...changingHandlers(parts), ...loadingHandlers(parts) };
}

function readingHandlers({ control, registry }: ModelParts) {
  return {
    async listModels({ query }, { caller, http }) {
      const seen = control(caller);
      const ready = seen.isReady();
      if (!registry) {
        const isPaged = http.query.has("limit") || http.query.has("after");
        return { body: { ready, ...(isPaged ? pageOf(seen.list(), query) : { models: seen.list() }) } };
      }
      const { items, next } = await registry.listModels(query);
      const models = items.filter(({ model }) => caller.mayUse(model)).map((one) => joined(one, seen));
      return { body: { ready, models, ...(next !== undefined && { next }) } };
    },
    async showModel({ params: { model } }, { caller }) {
      const seen = control(caller);
      if (!registry) return { body: { ...foundIn(seen, model), ...described(seen, model) } };
      const record = await registry.model(model);
      const description = described(seen, model, { text: record.description });
      // A model without words of its own is described by what is loaded, or not at all.
      const { description: _text, ...shown } = joined(record, seen);
      return { body: { ...shown, ...description }, revision: record.revision };
    },
    modelStatistics: async ({ params: { model }, query }, { caller }) => ({
      body: {
        versions: control(caller)
          .statistics(model, query.version)
          .map((one) => ({ ...one })),
      },
    }),
    versionStatistics: async ({ params: { model, version } }, { caller }) => ({
      body: {
        versions: control(caller)
          .statistics(model, version)
          .map((one) => ({ ...one })),
      },
    }),
    allStatistics: async (_input, { caller }) => ({
      body: {
        versions: control(caller)
          .statistics()
          .map((one) => ({ ...one })),
      },
    }),
  } satisfies Partial<ModelHandlers>;
}

function changingHandlers({ control, registry: maybe, sync }: ModelParts) {
  // The protocol refuses what needs a registry where there is none.
  const registry = maybe as Registry;
  const expected = async ({ precondition }: AdminRequest, model: string) =>
    expectedRevision(precondition, async () => (await registry.model(model)).revision);
  return {
    async changeModel({ params: { model }, body }, request) {
      const record = await registry.changeModel(model, body, await expected(request, model), request.actor);
      return { body: joined(record, control(request.caller)), revision: record.revision };
    },
    async deleteModel({ params: { model }, query: { force } }, request) {
      const options = { force, expectedRevision: await expected(request, model) };
      await registry.deleteModel(model, options, request.actor);
      await sync();
      return EMPTY_OUTCOME;
    },
  } satisfies Partial<ModelHandlers>;
}

function loadingHandlers({ control }: ModelParts) {
  const load = async (caller: Caller, model: string, version: number | undefined) => ({
    body: await control(caller).load(model, version),
  });
  const unload = async (caller: Caller, model: string, version: number | undefined) => {
    await control(caller).unload(model, version);
    return { body: control(caller).find(model) ?? { model, versions: [] } };
  };
  return {
    loadModel: async ({ params, query }, { caller }) => load(caller, params.model, query.version),
    loadVersion: async ({ params }, { caller }) => load(caller, params.model, params.version),
    unloadModel: async ({ params, query }, { caller }) => unload(caller, params.model, query.version),
    unloadVersion: async ({ params }, { caller }) => unload(caller, params.model, params.version),
  } satisfies Partial<ModelHandlers>;
}

/** A page of what lies in the folder, by name. */
function pageOf(
  all: readonly ModelStatus[],
  { limit, after = "" }: { readonly limit: number; readonly after?: string | undefined },
): { readonly models: readonly ModelStatus[]; readonly next?: string } {
  const later = all.toSorted((a, b) => (a.model < b.model ? -1 : 1)).filter(({ model }) => model > after);
  const models = later.slice(0, limit);
  const last = models.at(-1);
  return { models, ...(later.length > limit && last && { next: last.model }) };
}
