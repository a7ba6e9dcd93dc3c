import { createAccess } from "../access/index.ts";
import { Deadlines, systemClock } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { ANYONE, type ControlPlane } from "../model/index.ts";
import { createLogger, createMetrics, createTracer } from "../telemetry/index.ts";
import { createAdminService } from "./admin/admin-service.ts";
import { Closers } from "./closers.ts";
import type { Foundation } from "./foundation.ts";
import type { Front } from "./front.ts";
import { openFronts, type Surface } from "./fronts.ts";
import type { ListenAddress } from "./listen.ts";
import { createModelService } from "./model-service.ts";
import { registrySide } from "./registry-side.ts";
import { type ServingMode, servingMode } from "./serving-mode.ts";
import { listenForSignals, Shutdown } from "./shutdown.ts";
import { openStore } from "./store.ts";
import { openTls } from "./tls.ts";

/** A server that listens and loads its models. */
export interface RunningApp {
  readonly http: ListenAddress;
  /** Undefined if gRPC is switched off. */
  readonly grpc: ListenAddress | undefined;
  readonly control: ControlPlane;
  /** What can be asked of it, and who may. */
  readonly surface: Surface;
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
 * The composition root: opens the registry if there is one, joins wires, planes, engines and instruments, and
 * listens. Models load afterwards, so that probes answer from the start.
 *
 * @throws PlatformError if the registry cannot be opened, an address is refused, a port is taken, or an engine
 *   cannot be opened.
 */
export async function startApp(config: Config, { version }: AppOptions): Promise<RunningApp> {
  const mode = servingMode(config);
  const foundation = createFoundation(config, version);
  const finished = Promise.withResolvers<number>();
  const closers = new Closers();
  const fronts: Front[] = [];
  const ends: (() => void)[] = [];
  const shutdown = new Shutdown({
    ...config.shutdown,
    clock: systemClock,
    logger: foundation.logger,
    stop: async (graceMs) => stop(parts, graceMs),
    exit: (code) => {
      forgetSignals();
      // Whoever does not wait for the end of the grace period does not wait for requests either.
      if (code !== 0) for (const front of fronts) front.interrupt();
      finished.resolve(code);
    },
  });
  const parts: Parts = { foundation, closers, fronts, ends, mode, isStopping: () => shutdown.isStopping };
  const { addresses, models } = await open(parts);
  const forgetSignals = listenForSignals(shutdown);
  // Reports its own errors; never rejects.
  void models.start();
  return {
    ...addresses,
    control: models.control(ANYONE),
    mode,
    async close() {
      shutdown.request("asked to");
      await finished.promise;
    },
    finished: finished.promise,
  };
}

interface Parts {
  readonly foundation: Foundation;
  readonly closers: Closers;
  readonly fronts: Front[];
  readonly mode: ServingMode;
  /** What would hold up the drain is ended before it. */
  readonly ends: (() => void)[];
  readonly isStopping: () => boolean;
}

/** Opens everything in order; closes what was opened if something cannot be. */
async function open(parts: Parts) {
  const { foundation, closers, fronts, mode, isStopping } = parts;
  try {
    closeInstruments(foundation, closers);
    const { config, clock, logger } = foundation;
    const store = mode === "registry" ? await openStore(config, clock, logger) : undefined;
    if (store) closers.add(async () => store.close());
    const models = createModelService({
      ...foundation,
      isStopping,
      onStatus: (status) => admin.stateChanged(status),
      registry: store,
    });
    closers.add(async () => models.stop(LAST_MS));
    const { pollMs } = config;
    const access = await createAccess({
      ...config.access,
      database: store?.database,
      pollMs,
      clock,
      logger,
    });
    closers.add(async () => access.close());
    const tls = openTls(config, clock, logger);
    closers.add(() => tls?.close());
    const side = store && models.releases && registrySide(store, models.releases, access.keys, clock);
    const admin = createAdminService({ ...foundation, models, access, side });
    // Settles itself; what it leaves in memory is waited for when the models stop.
    parts.ends.push(() => void models.loadTests.close());
    parts.ends.push(() => admin.close());
    const addresses = await openFronts(foundation, { models, admin, access, tls }, fronts);
    return { addresses, models };
  } catch (error) {
    await stop(parts, 0);
    throw error;
  }
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

function closeInstruments({ metrics, tracer }: Foundation, closers: Closers): void {
  closers.add(async () => tracer?.close());
  closers.add(() => metrics.close());
}

/** Running requests end first; the registry is let go of last. */
async function stop({ fronts, ends, closers }: Parts, graceMs: number): Promise<void> {
  for (const end of ends) end();
  await Promise.all(fronts.map(async (front) => front.close(graceMs)));
  await closers.close();
}
