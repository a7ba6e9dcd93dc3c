import type { Deadline } from "../../base/index.ts";
import { PlatformError } from "../../base/index.ts";
import type { Artifact, Runtime, Session } from "../contract.ts";
import { boundedRun, probeRows, UNTRIED } from "../row-probe.ts";
import { openHandler, type ScriptOptions } from "./open-handler.ts";
import { signatureOf } from "./script-tensors.ts";
import { ScriptSession } from "./session.ts";

export interface ScriptRuntimeOptions extends ScriptOptions {
  /** Calls that can be under way at once, over all handlers. */
  readonly lanes: number;
}

/** JavaScript and TypeScript of the user's own, in threads or processes. */
export function createScriptRuntime(options: ScriptRuntimeOptions): Runtime {
  return {
    name: "script",
    engine: `node ${process.versions.node}`,
    concurrency: options.lanes,
    load: async (artifact, deadline) => load(artifact, deadline, options),
    close: async () => {},
  };
}

async function load(artifact: Artifact, deadline: Deadline, options: ScriptRuntimeOptions): Promise<Session> {
  const { workers, loaded } = await openHandler(artifact, deadline, options);
  try {
    if (!loaded.functions.includes("predict")) throw withoutPredict();
    const signature = signatureOf(loaded);
    const trial = new ScriptSession(signature, workers, UNTRIED);
    const found = await probeRows(signature, artifact.manifest, (parts) =>
      boundedRun(trial.start(parts), options.clock),
    );
    return new ScriptSession(signature, workers, found);
  } catch (thrown) {
    workers.close();
    throw thrown;
  }
}

function withoutPredict(): PlatformError {
  return new PlatformError(
    "failed_precondition",
    "the handler cannot be loaded: its default export has no function predict",
    {
      field: "handler.predict",
      hint: "only beside a model.onnx a handler may have preprocess and postprocess alone",
    },
  );
}
