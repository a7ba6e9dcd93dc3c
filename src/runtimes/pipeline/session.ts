import { PlatformError } from "../../base/index.ts";
import {
  checkInputs,
  checkOutputs,
  type RequestContext,
  type Signature,
  unknownOutput,
} from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { Run, RunOptions, RunResult, Session } from "../contract.ts";
import type { AskModel } from "./contract.ts";
import type { Pipeline } from "./pipeline-file.ts";
import { Walk } from "./walk.ts";

/** Pipelines within pipelines; one that asks itself ends here. */
const MAX_DEPTH = 8;

/** A loaded graph. It computes nothing: its steps are requests to other models, which join them with those of others. */
export class PipelineSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes = 0;
  readonly rows = "none";
  readonly rowsReason = "its steps join requests, each for itself";
  readonly isComposed = true;
  readonly #pipeline: Pipeline;
  readonly #ask: AskModel;

  constructor(pipeline: Pipeline, ask: AskModel) {
    this.#pipeline = pipeline;
    this.#ask = ask;
    this.signature = pipeline.signature;
  }

  start([inputs = new Map()]: readonly Tensors[], { outputs, context }: RunOptions = {}): Run {
    if (!context) throw new Error("a pipeline runs for a request only");
    const stopped = Promise.withResolvers<never>();
    const done = this.#run(inputs, context, outputs);
    // Its steps end with the deadline of the request, which is theirs as well.
    return {
      done: Promise.race([done, stopped.promise]),
      terminate: () => stopped.reject(new PlatformError("cancelled", "run terminated")),
    };
  }

  async close(): Promise<void> {}

  async #run(inputs: Tensors, context: RequestContext, wanted?: readonly string[]): Promise<RunResult> {
    const { signature } = this;
    const names = wanted ?? signature.outputs.map(({ name }) => name);
    const unknown = names.find((name) => !signature.outputs.some((spec) => spec.name === name));
    if (unknown !== undefined) throw unknownOutput(unknown, signature);
    const startedMs = performance.now();
    const count = checkInputs(signature, inputs);
    const walk = new Walk(this.#pipeline, { inputs, count, context: deeper(context) }, this.#ask);
    const outputs = await walk.outputs(names);
    checkOutputs(signature, outputs, count);
    const computeUs = (performance.now() - startedMs) * 1000;
    return { outputs, cpuUs: 0, inputUs: 0, computeUs, outputUs: 0, billedUs: walk.billedUs };
  }
}

function deeper(context: RequestContext): RequestContext {
  const depth = (context.depth ?? 0) + 1;
  if (depth <= MAX_DEPTH) return { ...context, depth };
  throw new PlatformError("failed_precondition", `more than ${MAX_DEPTH} pipelines within each other`, {
    field: "steps",
    hint: "a pipeline that asks itself, also through others, never ends",
  });
}
