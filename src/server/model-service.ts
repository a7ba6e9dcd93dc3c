import { type Deadline, type Deadlines, PlatformError, Turnstile } from "../base/index.ts";
import { cacheFolder, processEnvironment } from "../config/index.ts";
import { ANYONE, type ControlPlane, type DataPlane, type VersionStatus } from "../model/index.ts";
import type { Planes } from "../protocols/index.ts";
import type { AskModel } from "../runtimes/index.ts";
import {
  Bill,
  createControlPlane,
  createDataPlane,
  FolderWatcher,
  type FoundVersion,
  type LoaderOptions,
  type LoadTests,
  loadVersion,
  Models,
  parseVersionPolicy,
  Routes,
  recordRunSpans,
  routedControlPlane,
  routedDataPlane,
  VersionObserver,
  visibleControlPlane,
  visibleDataPlane,
} from "../serving/index.ts";
import type { Logger, Metrics } from "../telemetry/index.ts";
import { artifactOpener, createEngines, type Engines } from "./engines.ts";
import type { Foundation } from "./foundation.ts";
import { createLoadTests } from "./load-tests.ts";
import type { Releases } from "./releases/contract.ts";
import type { RegistryParts } from "./releases/parts.ts";
import { type ModelSource, registrySource } from "./releases/source.ts";
import { createVersionMeter } from "./version-meter.ts";

export interface ModelServiceOptions extends Foundation {
  readonly isStopping: () => boolean;
  /** Called when a version comes into another state. */
  readonly onStatus: (status: VersionStatus) => void;
  /** Where models come from; undefined: the folder of the configuration. */
  readonly registry?: RegistryParts | undefined;
}

/** Models, their engines and where they come from, behind the two planes. */
export interface ModelService extends Planes {
  /** What lay there at the start is settled: each model is ready or has failed. */
  isStarted(): boolean;
  /** Follows the folder or registry from now on. Resolves after the first look; models load meanwhile. */
  start(): Promise<void>;
  /** Unloads everything, at most for `graceMs`, and closes the engines. */
  stop(graceMs: number): Promise<void>;
  /** Undefined where a folder is served. */
  readonly releases: Releases | undefined;
  readonly loadTests: LoadTests;
}

/** Loads under way at once: enough that one that hangs does not hold up the rest, few enough to profile in peace. */
const LOADS_AT_ONCE = 2;

/** Longest that loading or unloading by name may take, in milliseconds. */
const CHANGE_MS = 600_000;

export function createModelService(options: ModelServiceOptions): ModelService {
  const { config, clock, deadlines, metrics, tracer, registry } = options;
  const cacheDir = cacheFolder(config, processEnvironment());
  const engines = createEngines(config, { cacheDir, clock, ask: asker(() => data) });
  const bill = new Bill(cpuUs);
  const load = createLoad(options, engines, bill);
  const models = createModels(options, load);
  const forget = metrics.onPrint(() => metrics.setBilled(bill.billedUs / 1e6, bill.unbilledUs / 1e6));
  bill.start(clock);
  const plane = {
    models,
    bill,
    deadlines,
    maxOutputBytes: config.scheduler.maxOutputBytes,
    onUnmatched: ({ code }: PlatformError) => metrics.unmatched(code),
    startRunRecorder: tracer && recordRunSpans(tracer, clock),
  };
  const routes = new Routes();
  const plain = createDataPlane(plane);
  const source = registry
    ? registrySource({ ...options, registry, models, routes, plane, data: plain, isBusy: engines.isBusy })
    : folderSource(options, models);
  const control = controlOf(options, { models, source, routes });
  const loadTests = createLoadTests({ config, clock, models, bill, plane, load, find: source.find });
  const data = routedDataPlane({ plane: plain, routes, onAnswer: source.onAnswer });
  return {
    data: visibleDataPlane(data),
    control: (caller) =>
      caller === ANYONE ? control : visibleControlPlane(control, (name) => caller.mayUse(name)),
    releases: source.releases,
    loadTests,
    isStarted: () => models.isSettled(),
    start: source.start,
    async stop(graceMs) {
      source.stop();
      await loadTests.close();
      await unloadAll(models, deadlines, graceMs, options.logger);
      bill.stop();
      forget();
      await engines.close();
    },
  };
}

/** Control over what is loaded, with the endpoints of the registry. */
function controlOf(
  { config, deadlines, registry, isStopping }: ModelServiceOptions,
  {
    models,
    source,
    routes,
  }: { readonly models: Models; readonly source: ModelSource; readonly routes: Routes },
): ControlPlane {
  const plain = createControlPlane({
    models,
    deadlines,
    look: source.look,
    isExplicit: registry === undefined && config.modelControl === "explicit",
    changeMs: CHANGE_MS,
    isStopping,
  });
  return routedControlPlane(plain, routes);
}

/** Steps of pipelines ask as clients do; what the caller may use was settled by the pipeline's name. */
function asker(data: () => DataPlane): AskModel {
  return async ({ model, inputs, outputs }, context) => {
    const payload = { kind: "tensors", tensors: inputs } as const;
    return await data().predict({ model, payload, outputs }, { ...context, caller: ANYONE });
  };
}

/** A folder of models as it lies there. */
function folderSource(options: ModelServiceOptions, models: Models): ModelSource {
  const watcher = createWatcher(options, models);
  return {
    releases: undefined,
    look: async () => watcher.look(),
    start: async () => watcher.start(),
    stop: () => watcher.stop(),
    find: async (model, version) => models.found(model, version),
    onAnswer: () => {},
  };
}

const cpuUs = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Loads a version; `more` says what is other for this one. */
type Load = (
  found: FoundVersion,
  deadline: Deadline,
  more?: Partial<LoaderOptions>,
) => ReturnType<typeof loadVersion>;

/** Loads versions with the engines of this server, a few at once. */
function createLoad(
  { config, clock, logger, metrics }: ModelServiceOptions,
  { byName, surround }: Engines,
  bill: Bill,
): Load {
  const { maxQueueRows, maxQueueBytes, maxRows } = config.scheduler;
  const loader: LoaderOptions = {
    engines: byName,
    surround,
    openArtifact: artifactOpener(config, logger),
    createObserver: (model, version) => {
      return new VersionObserver(createVersionMeter(metrics, model, version), clock);
    },
    onCpuElsewhere: (us) => bill.addElsewhere(us),
    bounds: { maxQueueRows, maxQueueBytes, maxRows },
    clock,
  };
  const loads = new Turnstile(LOADS_AT_ONCE);
  return async (found, deadline, more) =>
    loads.run(async () => loadVersion(found, deadline, { ...loader, ...more }));
}

function createModels(
  { config, deadlines, logger, metrics, isStopping, onStatus }: ModelServiceOptions,
  load: Load,
): Models {
  const policy = parseVersionPolicy(config.versionPolicy);
  return new Models({
    policy: config.modelControl === "explicit" ? undefined : policy,
    namedPolicy: policy,
    deadlines,
    load,
    onChange: (status) => {
      report(status, logger, metrics, isStopping());
      onStatus(status);
    },
  });
}

/** Says what became of a version; on the way there, and when everything is unloaded, only for who looks closely. */
function report(status: VersionStatus, logger: Logger, metrics: Metrics, isStopping: boolean): void {
  const { model, version, state, reason, loadMs, batching } = status;
  const fields = { model, version, state };
  if (state === "ready") {
    metrics.loaded("ready", (loadMs ?? 0) / 1000);
    logger.info("version is ready", {
      ...fields,
      loadMs: Math.round(loadMs ?? 0),
      batching: batching?.reason,
    });
  } else if (state === "failed") {
    metrics.loaded("failed", 0);
    logger.error("version does not load", { ...fields, reason });
  } else {
    if (state === "unloaded") metrics.unloaded();
    const isOutcome = state === "unloaded" && !isStopping;
    logger[isOutcome ? "info" : "debug"](`version is ${state}`, fields);
  }
}

/** How often versions that failed for what may have passed, such as a server that was down, are tried again. */
const RETRY_MS = 15_000;

function createWatcher({ config, clock, logger }: ModelServiceOptions, models: Models): FolderWatcher {
  let known = "";
  let retriedMs = clock.now();
  return new FolderWatcher({
    root: config.models,
    pollMs: config.pollMs,
    clock,
    wallNow: () => performance.timeOrigin + clock.now(),
    onLook(look) {
      models.apply(look);
      if (clock.now() - retriedMs >= RETRY_MS) {
        retriedMs = clock.now();
        models.retryPassing();
      }
      const problems = look.problems.map(({ path, reason }) => `${path}: ${reason}`).join("\n");
      const isNews = problems !== known && problems !== "";
      if (isNews) logger.warn("not everything in the folder is a model", { problems });
      known = problems;
    },
    onError(error) {
      const { message } = PlatformError.from(error);
      if (message !== known) logger.error(message);
      known = message;
    },
  });
}

async function unloadAll(
  models: Models,
  deadlines: Deadlines,
  graceMs: number,
  logger: Logger,
): Promise<void> {
  const deadline = deadlines.start(graceMs);
  try {
    await models.stop(deadline);
  } catch (error) {
    logger.warn("not every version was unloaded in time", { error });
  } finally {
    deadline.close();
  }
}
