import type { Caller, ControlPlane } from "../../model/index.ts";
import type { Registry, VersionRecord } from "../../registry/index.ts";
import type { Releases } from "../releases/contract.ts";
import { type AdminRequest, EMPTY_OUTCOME, type HandlersOf } from "./contract.ts";
import { described, foundIn, statusOf, withVersion } from "./model-view.ts";
import { expectedRevision } from "./precondition.ts";

type VersionHandlers = HandlersOf<
  | "addVersion"
  | "listVersions"
  | "showVersion"
  | "changeVersion"
  | "deleteVersion"
  | "diffVersions"
  | "checkVersion"
  | "promote"
  | "rollback"
  | "listAliases"
  | "deleteAlias"
>;

export interface VersionParts {
  readonly control: (caller: Caller) => ControlPlane;
  readonly registry: Registry | undefined;
  readonly releases: Releases | undefined;
}

/** The parts where there is a registry: the protocol refuses what needs one where there is none. */
interface WithRegistry extends VersionParts {
  readonly registry: Registry;
  readonly releases: Releases;
}

/** Versions: adding, comparing, promoting, rolling back. */
export function versionHandlers(parts: VersionParts): VersionHandlers {
  const sure = parts as WithRegistry;
  return { ...recordHandlers(sure), ...releaseHandlers(sure), ...aliasHandlers(sure), ...showing(parts) };
}

const pathOf = ({ model, version }: VersionRecord) => `/api/v1/models/${model}/versions/${version}`;

function recordHandlers({ registry, releases }: WithRegistry) {
  return {
    async listVersions({ params: { model }, query }) {
      const { items, next } = await registry.listVersions(model, query);
      return { body: { versions: items, ...(next !== undefined && { next }) } };
    },
    async changeVersion({ params: { model, version }, body: { tags } }, { actor }) {
      return { body: await registry.setTags(model, version, tags, actor) };
    },
    async deleteVersion({ params: { model, version } }, { actor }) {
      await registry.deleteVersion(model, version, actor);
      await releases.sync();
      return EMPTY_OUTCOME;
    },
    async diffVersions({ params: { model }, query: { from, to } }) {
      const differences = await releases.diff(model, from, to);
      return { body: { from, to, differences } };
    },
  } satisfies Partial<VersionHandlers>;
}

function releaseHandlers({ registry, releases }: WithRegistry) {
  return {
    async addVersion({ params: { model }, body }, { actor, http }) {
      const { record, ...more } = await releases.add({ model, ...body }, actor, http.context.deadline);
      return { body: { ...record, ...more }, location: pathOf(record) };
    },
    async checkVersion({ params: { model, version }, body: { alias } }, { http }) {
      const checks = await releases.check(model, version, alias, http.context.deadline);
      return { body: { passed: checks.every(({ passed }) => passed), checks } };
    },
    async promote({ params: { model }, body }, request) {
      const expected = await expectedOf(registry, request, model);
      const wanted = { model, ...body, expectedRevision: expected };
      return { body: await releases.promote(wanted, request.actor, request.http.context.deadline) };
    },
    async rollback({ params: { model }, body }, request) {
      const expected = await expectedOf(registry, request, model);
      const wanted = { model, ...body, expectedRevision: expected };
      return { body: await releases.rollback(wanted, request.actor, request.http.context.deadline) };
    },
  } satisfies Partial<VersionHandlers>;
}

function aliasHandlers({ registry, releases }: WithRegistry) {
  return {
    async listAliases({ params: { model } }) {
      const { aliases, revision } = await registry.model(model);
      return { body: { aliases, revision }, revision };
    },
    async deleteAlias({ params: { model, alias } }, request) {
      await registry.deleteAlias(model, alias, await expectedOf(registry, request, model), request.actor);
      await releases.sync();
      return EMPTY_OUTCOME;
    },
  } satisfies Partial<VersionHandlers>;
}

function showing({ control, registry }: VersionParts) {
  return {
    async showVersion({ params: { model, version } }, { caller }) {
      const seen = control(caller);
      if (!registry) {
        const shown = withVersion(foundIn(seen, model), version);
        return {
          body: { ...shown, ...described(seen, model, { version }), version, status: shown.versions[0] },
        };
      }
      const record = await registry.version(model, version);
      const status = statusOf(seen, model).versions.find((one) => one.version === version);
      return { body: { ...record, ...(status && { status, ...described(seen, model, { version }) }) } };
    },
  } satisfies Partial<VersionHandlers>;
}

const expectedOf = async (registry: Registry, { precondition }: AdminRequest, model: string) =>
  expectedRevision(precondition, async () => (await registry.model(model)).revision);
