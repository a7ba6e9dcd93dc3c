import { Deadline, PlatformError, systemClock } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import { emptyManifest } from "../model/index.ts";
import type { Session } from "../runtimes/index.ts";
import { silentLogger } from "../telemetry/index.ts";
import { artifactOpener, createEngines } from "./engines.ts";

type Tensors = Parameters<Session["start"]>[0][number];

/** Computes outputs from inputs. */
type RunModel = (inputs: Tensors) => Promise<Tensors>;

/** Runs an ONNX file as a server would: checked, tried in a process of its own, in a lane. */
export async function withModelFile<T>(
  config: Config,
  path: string,
  use: (run: RunModel, digest: string) => Promise<T>,
): Promise<T> {
  const engines = createEngines(config, { clock: systemClock });
  try {
    const artifact = await artifactOpener(config, silentLogger)(path, emptyManifest);
    const runtime = engines.byName.get("onnx")?.runtime;
    if (!runtime) throw new PlatformError("internal", "no engine for ONNX");
    const session = await runtime.load(artifact, new Deadline());
    try {
      return await use(async (inputs) => (await session.start([inputs]).done).outputs, artifact.digest);
    } finally {
      await session.close();
    }
  } finally {
    await engines.close();
  }
}
