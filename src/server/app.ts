import { Deadlines, systemClock } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { ANYONE, type ControlPlane } from "../model/index.ts";
import { createLogger, createMetrics, createTracer } from "../telemetry/index.ts";
import { createAdminService } from "./admin/admin-service.ts";
import type { Foundation } from "./foundation.ts";
import type { Front } from "./front.ts";
import { type FrontServices, openFronts } from "./fronts.ts";
import type { ListenAddress } from "./listen.ts";
import { createModelService } from "./model-service.ts";
import { type ServingMode, servingMode } from "./serving-mode.ts";
import { listenForSignals, Shutdown } from "./shutdown.ts";

/** A server that listens and loads its models. */
export interface RunningApp {
  readonly http: ListenAddress;
  /** Undefined if gRPC is switched off. */
  readonly grpc: ListenAddress | undefined;
  readonly control: ControlPlane;
  /** Where its models come from. */
  readonly mode: ServingMode;
  /** Ends it in order, as SIGTERM does. */
  close(): Promise<void>;
  /** The exit code, when the server has ended; not 0 where something may still run that was not waited for. */
  readonly finished: Promise<number>;
}

export interface AppOptions {
  readonly version: string;
}

/** Time for ends that have no setting: the last models, the last spans. */
const LAST_MS = 5000;

/**
 * The composition root: joins wires, planes, engines and instruments, and listens. Models load
 * afterwards, so that probes answer from the start.
 *
 * @throws PlatformError if an address is refused, a port is taken, or an engine cannot be opened.
 */
export async function startApp(config: Config, { version }: AppOptions): Promise<RunningApp> {
  const mode = servingMode(config);
  const foundation = createFoundation(config, version);
  const finished = Promise.withResolvers<number>();
  const fronts: Front[] = [];
  const shutdown = new Shutdown({
    ...config.shutdown,
    clock: systemClock,
    logger: foundation.logger,
    stop: async (graceMs) => stop(foundation, { models: service, admin }, fronts, graceMs),
    exit: (code) => {
      forgetSignals();
      // Whoever does not wait for the end of the grace period does not wait for requests either.
      if (code !== 0) for (const front of fronts) front.interrupt();
      finished.resolve(code);
    },
  });
  const service = createModelService({
    ...foundation,
    isStopping: () => shutdown.isStopping,
    onStatus: (status) => admin.stateChanged(status),
  });
  const admin = createAdminService({
    ...foundation,
    models: service,
    needsCredentials: () => false,
    side: undefined,
  });
  const addresses = await listen(foundation, { models: service, admin }, fronts);
  const forgetSignals = listenForSignals(shutdown);
  // Reports its own errors; never rejects.
  void service.start();
  return {
    ...addresses,
    control: service.control(ANYONE),
    mode,
    async close() {
      shutdown.request("asked to");
      await finished.promise;
    },
    finished: finished.promise,
  };
}

function createFoundation(config: Config, version: string): Foundation {
  const clock = systemClock;
  const logger = createLogger({ level: config.log.level });
  const metrics = createMetrics({ version, engine: "onnxruntime" });
  const { otlpEndpoint: endpoint } = config.telemetry;
  const resource = { "service.name": "sirve", "service.version": version };
  const onDropped = (count: number) => metrics.spansDropped(count);
  const tracer = endpoint ? createTracer({ endpoint, resource, clock, logger, onDropped }) : undefined;
  return { config, version, clock, deadlines: new Deadlines(clock), logger, metrics, tracer };
}

async function listen(foundation: Foundation, services: FrontServices, fronts: Front[]) {
  try {
    return await openFronts(foundation, services, fronts);
  } catch (error) {
    await stop(foundation, services, fronts, 0);
    throw error;
  }
}

async function stop(
  { metrics, tracer }: Foundation,
  { models, admin }: FrontServices,
  fronts: readonly Front[],
  graceMs: number,
): Promise<void> {
  admin.close();
  await Promise.all(fronts.map(async (front) => front.close(graceMs)));
  await models.stop(LAST_MS);
  metrics.close();
  await tracer?.close();
}
