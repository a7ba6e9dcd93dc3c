import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type Clock, PlatformError } from "../base/index.ts";
import { type Config, processEnvironment } from "../config/index.ts";
import { engineOfFile, type Manifest } from "../model/index.ts";
import { checkModelFile } from "../onnx/index.ts";
import {
  type Artifact,
  type AskModel,
  cpuQuota,
  createOnnxRuntime,
  createPipelineRuntime,
  createPythonRuntime,
  createRemoteRuntime,
  createScriptRuntime,
  createStockRuntime,
  surroundSession,
} from "../runtimes/index.ts";
import { createEngine, type Engine, type LoaderOptions } from "../serving/index.ts";
import type { Logger } from "../telemetry/index.ts";

/** The engines that this server loads versions with, by the manifest's `engine`. */
export interface Engines {
  readonly byName: ReadonlyMap<Manifest["engine"], Engine>;
  /** Puts the user's own code around a model. */
  readonly surround: LoaderOptions["surround"];
  /** Library and version of the main one. */
  readonly description: string;
  /** Whether requests wait for a lane now. */
  readonly isBusy: () => boolean;
  close(): Promise<void>;
}

export interface EnginesOptions {
  /** Where what was found out about models is kept; undefined: nowhere. */
  readonly cacheDir?: string | undefined;
  readonly clock: Clock;
  /** Reaches the models of this server; where there are none, pipelines load and do not answer. */
  readonly ask?: AskModel;
}

const noModels: AskModel = async ({ model }) => {
  throw new PlatformError("unavailable", `model "${model}" is not served here`);
};

/** Opens the engines; each has lanes of its own. */
export function createEngines({ engine }: Config, options: EnginesOptions): Engines {
  const { cacheDir, clock, ask = noModels } = options;
  const lanes = engine.lanes > 0 ? engine.lanes : cpuQuota();
  const { onnxruntimeLibrary: library, probeTimeoutMs, probeMemoryBytes, maxArtifactBytes } = engine;
  const onnx = createOnnxRuntime({
    lanes,
    library,
    ...(cacheDir !== undefined && { cacheDir }),
    probeTimeoutMs,
    probeMemoryBytes,
    maxArtifactBytes,
    clock,
  });
  const stock = createStockRuntime({ lanes, clock, ...(cacheDir !== undefined && { cacheDir }) });
  const code = { allowCode: engine.allowCode, loadTimeoutMs: probeTimeoutMs, clock };
  const script = createScriptRuntime({ ...code, lanes });
  const python = createPythonRuntime({
    ...code,
    lanes,
    python: engine.python,
    environment: processEnvironment(),
    buildTimeoutMs: engine.pythonBuildTimeoutMs,
    ...(cacheDir !== undefined && { cacheDir }),
    print,
  });
  const remote = createRemoteRuntime({
    allowed: engine.allowRemote,
    secrets: engine.remoteSecrets,
    env: processEnvironment(),
    clock,
  });
  const byName = new Map<Manifest["engine"], Engine>([
    ["onnx", createEngine(onnx, clock)],
    ["stock", createEngine(stock, clock)],
    ["script", createEngine(script, clock)],
    ["pipeline", createEngine(createPipelineRuntime(ask), clock)],
    ["python", createEngine(python, clock)],
    ["remote", createEngine(remote, clock)],
  ]);
  return {
    byName,
    surround: async (model, deadline, handler) => surroundSession(model, deadline, { ...code, ...handler }),
    description: onnx.engine,
    isBusy: () => [...byName.values()].some(({ lanes: shared }) => shared.isContended),
    async close() {
      await Promise.all([onnx.close(), stock.close(), script.close(), python.close(), remote.close()]);
    },
  };
}

/** A reader of logs that is slow: what a handler prints is dropped then, and not kept in memory. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** What a handler prints is a log: the server's own output is for its user. */
function print(text: string): void {
  if (process.stderr.writableLength < MAX_UNREAD_BYTES) process.stderr.write(text);
}

/**
 * Checks and digests a model file before any native code sees it, and logs what may surprise.
 *
 * @throws PlatformError with the reason.
 */
export function artifactOpener(
  { engine }: Config,
  logger: Logger,
): (path: string, manifest: Manifest) => Promise<Artifact> {
  return async (path, manifest) => {
    if (engineOfFile(path) !== undefined) return namedArtifact(path, manifest);
    const limits = { maxBytes: engine.maxArtifactBytes };
    const { digest, bytes, info } = await checkModelFile(path, { limits });
    for (const { field, message, hint } of info.warnings) logger.warn(message, { path, field, hint });
    return { path, digest, bytes, manifest, info };
  };
}

/** Code and pipelines are not looked into here: their runtimes do. */
async function namedArtifact(path: string, manifest: Manifest): Promise<Artifact> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path, digest: hash.digest("hex"), bytes, manifest };
}
