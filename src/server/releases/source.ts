import type { Clock, Deadlines } from "../../base/index.ts";
import type { Config } from "../../config/index.ts";
import type { RegistryState } from "../../registry/index.ts";
import {
  AnswerCounts,
  answer,
  type createDataPlane,
  type DataPlaneOptions,
  type FoundVersion,
  type Models,
  type Routes,
  type routedDataPlane,
  Shadows,
} from "../../serving/index.ts";
import type { Logger, Metrics } from "../../telemetry/index.ts";
import type { Releases } from "./contract.ts";
import { RegistryFollower } from "./follower.ts";
import type { RegistryParts } from "./parts.ts";
import { foundVersion } from "./placements.ts";
import { Placer } from "./placer.ts";
import { createReleases } from "./releases.ts";

/** Where the models of a server come from. */
export interface ModelSource {
  /** Looks now for what is new. */
  readonly look: () => Promise<void>;
  /** Follows it from now on; resolves after the first look. */
  readonly start: () => Promise<void>;
  readonly stop: () => void;
  /** Where a version lies that may be loaded once more. @throws PlatformError `not_found`. */
  readonly find: (model: string, version: number) => Promise<FoundVersion>;
  /** Undefined where there is no registry. */
  readonly releases: Releases | undefined;
  /** Told of each answer of an endpoint. */
  readonly onAnswer: Parameters<typeof routedDataPlane>[0]["onAnswer"];
}

export interface RegistrySourceOptions {
  readonly registry: RegistryParts;
  readonly config: Config;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, "endpoint">;
  readonly models: Models;
  readonly routes: Routes;
  /** What answers are made with. */
  readonly plane: DataPlaneOptions;
  /** Answers of plain models. */
  readonly data: ReturnType<typeof createDataPlane>;
  /** Whether requests wait for a lane now. */
  readonly isBusy: () => boolean;
}

/** A registry: what it says is loaded and routed, on this server as on every other. */
export function registrySource(options: RegistrySourceOptions): ModelSource {
  const { registry: parts, config, clock, deadlines, logger, models, routes, plane, metrics } = options;
  const counts = new AnswerCounts();
  const shadows = new Shadows({
    clock,
    deadlines,
    deadlineMs: config.scheduler.deadlineMs,
    isBusy: options.isBusy,
    ask: async (target, request, context) => {
      const { model, version } = routes.target(target);
      const asked = { ...request, model, ...(version !== undefined && { version }) };
      return await options.data.predict(asked, context);
    },
  });
  const placer = new Placer(models, parts.artifacts);
  const apply = (state: RegistryState) => {
    routes.replace(state.endpoints, placer.apply(state).aliases);
    counts.replace(state.endpoints);
    shadows.replace(state.endpoints);
  };
  const { registry } = parts;
  const { pollMs } = config;
  const retry = () => models.retryPassing();
  const follower = new RegistryFollower({ registry, pollMs, clock, logger, apply, retry });
  const sync = async () => follower.sync();
  const releases = createReleases({
    ...parts,
    models,
    clock,
    sync,
    tryBeside: (record) => placer.tryBeside(record),
    answer: async (loaded, request, context) => answer(loaded, request, context, plane),
    answered: (endpoint) => counts.of(endpoint),
    shadowReport: (endpoint) => shadows.report(endpoint),
  });
  return {
    releases,
    look: sync,
    start: async () => follower.start(),
    stop: () => follower.stop(),
    find: async (model, version) => foundVersion(await registry.version(model, version), parts.artifacts),
    onAnswer(route, request, response, context) {
      counts.answered(route, response);
      metrics.endpoint(route.endpoint?.endpoint ?? "", route.variant?.name ?? "");
      shadows.answered(route, request, response, context);
    },
  };
}
