import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clock } from "../base/index.ts";
import { type Config, processEnvironment } from "../config/index.ts";
import { isHandler, isRemote, type Manifest } from "../model/index.ts";
import { checkModelFile } from "../onnx/index.ts";
import {
  type Artifact,
  cpuQuota,
  createOnnxRuntime,
  createRemoteRuntime,
  createScriptRuntime,
  createStockRuntime,
} from "../runtimes/index.ts";
import { createEngine, type Engine } from "../serving/index.ts";
import type { Logger } from "../telemetry/index.ts";

/** The engines that this server loads versions with, by the manifest's `engine`. */
export interface Engines {
  readonly byName: ReadonlyMap<Manifest["engine"], Engine>;
  /** Library and version of the main one. */
  readonly description: string;
  /** Whether requests wait for a lane now. */
  readonly isBusy: () => boolean;
  close(): Promise<void>;
}

/** Opens the engines; each has lanes of its own. */
export function createEngines({ engine }: Config, cacheDir: string | undefined, clock: Clock): Engines {
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
  const script = createScriptRuntime({
    lanes,
    allowCode: engine.allowCode,
    loadTimeoutMs: probeTimeoutMs,
    clock,
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
    ["remote", createEngine(remote, clock)],
  ]);
  return {
    byName,
    description: onnx.engine,
    isBusy: () => [...byName.values()].some(({ lanes: shared }) => shared.isContended),
    async close() {
      await Promise.all([onnx.close(), stock.close(), script.close(), remote.close()]);
    },
  };
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
    if (isHandler(path) || isRemote(path)) return textArtifact(path, manifest);
    const limits = { maxBytes: engine.maxArtifactBytes };
    const { digest, bytes, info } = await checkModelFile(path, { limits });
    for (const { field, message, hint } of info.warnings) logger.warn(message, { path, field, hint });
    return { path, digest, bytes, manifest, info };
  };
}

/** No more than text: a handler, run by those only who allow code, or the address of another server, who allow that. */
async function textArtifact(path: string, manifest: Manifest): Promise<Artifact> {
  const text = await readFile(path);
  const digest = createHash("sha256").update(text).digest("hex");
  return { path, digest, bytes: text.length, manifest };
}
