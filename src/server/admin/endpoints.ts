import { PlatformError } from "../../base/index.ts";
import { type Caller, modelNotFound, parseModelTarget } from "../../model/index.ts";
import type { EndpointSpec, Registry } from "../../registry/index.ts";
import type { Releases } from "../releases/contract.ts";
import { type AdminRequest, EMPTY_OUTCOME, type HandlersOf } from "./contract.ts";
import { expectedRevision } from "./precondition.ts";

type EndpointHandlers = HandlersOf<"listEndpoints" | "showEndpoint" | "setEndpoint" | "deleteEndpoint">;

/** Endpoints: stable names over weighted variants. */
export function endpointHandlers(registry: Registry, releases: Releases): EndpointHandlers {
  const current = async (name: string) => revisionOf(registry, name);
  const expected = async ({ precondition }: AdminRequest, name: string) =>
    expectedRevision(precondition, async () => current(name));
  return {
    async listEndpoints({ query }, { caller }) {
      const { items, next } = await registry.listEndpoints(query);
      const endpoints = items.filter(({ endpoint }) => caller.mayUse(endpoint));
      return { body: { endpoints, ...(next !== undefined && { next }) } };
    },
    async showEndpoint({ params: { endpoint } }) {
      const record = await registry.endpoint(endpoint);
      const shadowReport = releases.shadowReport(endpoint);
      const body = {
        ...record,
        answered: releases.answered(endpoint),
        ...(shadowReport && { shadowReport }),
      };
      return { body, revision: record.revision };
    },
    async setEndpoint({ params: { endpoint }, body: { reason, ...spec } }, request) {
      checkTargets(spec, request.caller);
      const options = { reason, expectedRevision: await expected(request, endpoint) };
      const record = await registry.setEndpoint(endpoint, spec, options, request.actor);
      await releases.sync();
      return { body: record, revision: record.revision };
    },
    async deleteEndpoint({ params: { endpoint } }, request) {
      await registry.deleteEndpoint(endpoint, await expected(request, endpoint), request.actor);
      await releases.sync();
      return EMPTY_OUTCOME;
    },
  };
}

/** An endpoint leads to no model that does not exist for whoever sets it. */
function checkTargets({ variants, shadow }: EndpointSpec, caller: Caller): void {
  for (const { target } of shadow ? [...variants, shadow] : variants) {
    const model = parseModelTarget(target)?.model ?? target;
    if (!caller.mayUse(model)) throw modelNotFound(model);
  }
}

async function revisionOf(registry: Registry, name: string): Promise<number | undefined> {
  try {
    return (await registry.endpoint(name)).revision;
  } catch (thrown) {
    if (thrown instanceof PlatformError && thrown.code === "not_found") return undefined;
    throw thrown;
  }
}
