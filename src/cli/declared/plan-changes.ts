import { isDeepStrictEqual } from "node:util";
import type { EndpointSettings } from "./declaration.ts";

/** A version's files as one text: equal contents, equal content. */
export type Content = string;

type Texts = Readonly<Record<string, string>>;

/** What is wanted of one model, its files read. */
export interface WantedModel {
  readonly description?: string | undefined;
  readonly tags?: Texts | undefined;
  readonly versions: readonly { readonly content: Content; readonly tags?: Texts | undefined }[];
  /** Alias → number of a version, or the content of a declared one. */
  readonly aliases: ReadonlyMap<string, number | Content>;
}

/** What a server holds of one model. */
export interface ActualModel {
  readonly description?: string | undefined;
  readonly tags?: Texts | undefined;
  readonly versions: readonly { readonly version: number; readonly content: Content; readonly tags: Texts }[];
  readonly aliases: ReadonlyMap<string, number>;
}

/** Models and endpoints, wanted or there. */
export interface State<M> {
  readonly models: ReadonlyMap<string, M>;
  readonly endpoints: ReadonlyMap<string, EndpointSettings>;
}

/** One step from what is there to what is wanted. */
export type Change =
  | { readonly kind: "add-version"; readonly model: string; readonly content: Content }
  | {
      readonly kind: "change-model";
      readonly model: string;
      readonly description?: string | undefined;
      readonly tags?: Texts | undefined;
    }
  | { readonly kind: "tag-version"; readonly model: string; readonly version: number; readonly tags: Texts }
  | {
      readonly kind: "move-alias";
      readonly model: string;
      readonly alias: string;
      readonly from?: number | undefined;
      readonly to: number | Content;
    }
  | {
      readonly kind: "set-endpoint";
      readonly endpoint: string;
      readonly isNew: boolean;
      readonly spec: EndpointSettings;
    }
  | { readonly kind: "delete-endpoint"; readonly endpoint: string }
  | { readonly kind: "delete-alias"; readonly model: string; readonly alias: string }
  | { readonly kind: "delete-version"; readonly model: string; readonly version: number }
  | { readonly kind: "delete-model"; readonly model: string };

/**
 * The changes that lead from `actual` to `wanted`, in an order that never names what is not there yet.
 * What is not declared stays, unless `prune` is said.
 */
export function planChanges(wanted: State<WantedModel>, actual: State<ActualModel>, prune = false): Change[] {
  const changes: Change[] = [];
  for (const [model, one] of wanted.models) {
    changes.push(...modelChanges(model, one, actual.models.get(model)));
  }
  for (const [endpoint, spec] of wanted.endpoints) {
    const before = actual.endpoints.get(endpoint);
    if (!isDeepStrictEqual(before, spec)) {
      changes.push({ kind: "set-endpoint", endpoint, isNew: before === undefined, spec });
    }
  }
  return prune ? [...changes, ...deletions(wanted, actual)] : changes;
}

const NOTHING: ActualModel = { versions: [], aliases: new Map() };

function modelChanges(model: string, wanted: WantedModel, actual = NOTHING): Change[] {
  const changes = versionChanges(model, wanted, actual);
  const { description, tags } = wanted;
  const isOther = description !== undefined && description !== (actual.description ?? "");
  if (isOther || differ(tags, actual.tags)) changes.push({ kind: "change-model", model, description, tags });
  for (const [alias, target] of wanted.aliases) {
    const to = numberOf(target, actual) ?? target;
    const from = actual.aliases.get(alias);
    if (from !== to) changes.push({ kind: "move-alias", model, alias, from, to });
  }
  return changes;
}

function versionChanges(model: string, wanted: WantedModel, actual: ActualModel): Change[] {
  const changes: Change[] = [];
  const added = new Set<Content>();
  for (const { content, tags } of wanted.versions) {
    const there = actual.versions.find((one) => one.content === content);
    if (there && tags && differ(tags, there.tags)) {
      changes.push({ kind: "tag-version", model, version: there.version, tags });
    }
    if (there || added.has(content)) continue;
    added.add(content);
    changes.push({ kind: "add-version", model, content });
  }
  return changes;
}

/** Whether tags are wanted and others are there. */
const differ = (wanted: Texts | undefined, there: Texts | undefined) =>
  wanted !== undefined && !isDeepStrictEqual({ ...wanted }, { ...there });

const numberOf = (target: number | Content, actual: ActualModel) =>
  typeof target === "number" ? target : actual.versions.find(({ content }) => content === target)?.version;

function deletions(wanted: State<WantedModel>, actual: State<ActualModel>): Change[] {
  const changes: Change[] = [];
  for (const endpoint of actual.endpoints.keys()) {
    if (!wanted.endpoints.has(endpoint)) changes.push({ kind: "delete-endpoint", endpoint });
  }
  for (const [model, there] of actual.models) {
    const want = wanted.models.get(model);
    if (want) changes.push(...modelDeletions(model, want, there));
    else changes.push({ kind: "delete-model", model });
  }
  return changes;
}

function modelDeletions(model: string, wanted: WantedModel, actual: ActualModel): Change[] {
  // The champion stays while the model has versions, so it need not be declared.
  const gone = [...actual.aliases.keys()].filter(
    (alias) => alias !== "champion" && !wanted.aliases.has(alias),
  );
  const kept = new Set([...wanted.aliases.values()].map((target) => numberOf(target, actual)));
  if (!wanted.aliases.has("champion")) kept.add(actual.aliases.get("champion"));
  const contents = new Set(wanted.versions.map(({ content }) => content));
  return [
    ...gone.map((alias): Change => ({ kind: "delete-alias", model, alias })),
    ...actual.versions
      .filter(({ version, content }) => !contents.has(content) && !kept.has(version))
      .map(({ version }): Change => ({ kind: "delete-version", model, version })),
  ];
}
