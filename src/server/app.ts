import { Deadlines, systemClock } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import type { ControlPlane } from "../model/index.ts";
import { type HttpProtocol, openInferenceRest } from "../protocols/index.ts";
import {
  createLogger,
  createMetrics,
  createTracer,
  type Logger,
  type Metrics,
  type Tracer,
} from "../telemetry/index.ts";
import { healthProtocol } from "./health.ts";
import { createHttpServer, type HttpFront } from "./http/front.ts";
import type { ListenAddress } from "./listen.ts";
import { createModelService, type ModelService } from "./model-service.ts";
import { listenForSignals, Shutdown } from "./shutdown.ts";

/** A server that listens and loads its models. */
export interface RunningApp {
  readonly http: ListenAddress;
  /** Undefined if gRPC is switched off. */
  readonly grpc: ListenAddress | undefined;
  readonly control: ControlPlane;
  /** Ends it in order, as SIGTERM does. */
  close(): Promise<void>;
  /** Settles when the server has ended: the exit code. */
  readonly finished: Promise<number>;
}

export interface AppOptions {
  readonly version: string;
}

/** Time for one-off ends that have no setting: the last models, the last spans. */
const LAST_MS = 5000;

/** What all parts of a server share. */
interface Common {
  readonly config: Config;
  readonly version: string;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer | undefined;
}

/**
 * The composition root: joins wires, planes, engines and instruments, and listens. Models load
 * afterwards, so that probes answer from the start.
 *
 * @throws PlatformError if an address is refused, a port is taken, or an engine cannot be opened.
 */
export async function startApp(config: Config, { version }: AppOptions): Promise<RunningApp> {
  const common = createCommon(config, version);
  const finished = Promise.withResolvers<number>();
  const shutdown = new Shutdown({
    clock: systemClock,
    logger: common.logger,
    ...config.shutdown,
    stop: async (graceMs) => stop(common, service, http, graceMs),
    exit: (code) => {
      forgetSignals();
      finished.resolve(code);
    },
  });
  const service = createModelService({
    ...common,
    clock: systemClock,
    isStopping: () => shutdown.isStopping,
  });
  const http = createHttp(common, httpProtocols(common, service, shutdown));
  const address = await listen(http, service);
  const forgetSignals = listenForSignals(shutdown);
  // Reports its own errors; never rejects.
  void service.start();
  return {
    http: address,
    grpc: undefined,
    control: service.control,
    async close() {
      shutdown.request("asked to");
      await finished.promise;
    },
    finished: finished.promise,
  };
}

function createCommon(config: Config, version: string): Common {
  const logger = createLogger({ level: config.log.level });
  const metrics = createMetrics({ version, engine: "onnxruntime" });
  const { otlpEndpoint: endpoint } = config.telemetry;
  const resource = { "service.name": "sirve", "service.version": version };
  const onDropped = (count: number) => metrics.spansDropped(count);
  const tracer = endpoint
    ? createTracer({ endpoint, resource, clock: systemClock, logger, onDropped })
    : undefined;
  return { config, version, deadlines: new Deadlines(systemClock), logger, metrics, tracer };
}

function httpProtocols(
  { config, version, metrics, deadlines }: Common,
  service: ModelService,
  shutdown: Shutdown,
): HttpProtocol[] {
  const { maxBodyBytes } = config.http;
  const health = {
    isStarted: () => service.isStarted(),
    isReady: () => service.control.isReady() && !shutdown.isStopping,
  };
  return [
    healthProtocol({ health, metrics, version }),
    openInferenceRest(service, { version, maxBodyBytes }),
  ];
}

function createHttp({ config, ...common }: Common, protocols: readonly HttpProtocol[]): HttpFront {
  return createHttpServer({
    ...common,
    protocols,
    settings: config.http,
    insecure: config.insecure,
    deadlineMs: config.scheduler.deadlineMs,
    clock: systemClock,
    logRequests: config.log.requests,
  });
}

async function listen(http: HttpFront, service: ModelService): Promise<ListenAddress> {
  try {
    return await http.listen();
  } catch (error) {
    await service.stop(LAST_MS);
    throw error;
  }
}

async function stop(
  { metrics, tracer }: Common,
  service: ModelService,
  http: HttpFront,
  graceMs: number,
): Promise<void> {
  await http.close(graceMs);
  await service.stop(LAST_MS);
  metrics.close();
  await tracer?.close();
}
