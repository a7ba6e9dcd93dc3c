import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Clock } from "../base/index.ts";
import { type Config, processEnvironment } from "../config/index.ts";
import { codeEngineOf, type Manifest } from "../model/index.ts";
import { checkModelFile } from "../onnx/index.ts";
import {
  type Artifact,
  cpuQuota,
  createOnnxRuntime,
  createPythonRuntime,
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
  const python = createPythonRuntime({
    lanes,
    allowCode: engine.allowCode,
    python: engine.python,
    loadTimeoutMs: probeTimeoutMs,
    environment: processEnvironment(),
    buildTimeoutMs: engine.pythonBuildTimeoutMs,
    ...(cacheDir !== undefined && { cacheDir }),
    print,
    clock,
  });
  const byName = new Map<Manifest["engine"], Engine>([
    ["onnx", createEngine(onnx, clock)],
    ["stock", createEngine(stock, clock)],
    ["script", createEngine(script, clock)],
    ["python", createEngine(python, clock)],
  ]);
  return {
    byName,
    description: onnx.engine,
    isBusy: () => [...byName.values()].some(({ lanes: shared }) => shared.isContended),
    async close() {
      await Promise.all([onnx.close(), stock.close(), script.close(), python.close()]);
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
    if (codeEngineOf(path) !== undefined) return codeArtifact(path, manifest);
    const limits = { maxBytes: engine.maxArtifactBytes };
    const { digest, bytes, info } = await checkModelFile(path, { limits });
    for (const { field, message, hint } of info.warnings) logger.warn(message, { path, field, hint });
    return { path, digest, bytes, manifest, info };
  };
}

/** Code is not looked into: it is the user's own, and run by those only who allow it. */
async function codeArtifact(path: string, manifest: Manifest): Promise<Artifact> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path, digest: hash.digest("hex"), bytes, manifest };
}
