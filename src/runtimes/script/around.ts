import { type Deadline, PlatformError } from "../../base/index.ts";
import { checkInputs, type Signature, type TensorSpec } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import { chosenOutputs, joinedParts, refusedRun } from "../batch-tensors.ts";
import type { Run, RunOptions, RunResult, Session } from "../contract.ts";
import { boundedRun, probeRows, type RowFacts, UNTRIED } from "../row-probe.ts";
import type { ScriptFunction } from "./message.ts";
import { type HandlerFile, type OpenHandler, openHandler, type ScriptOptions } from "./open-handler.ts";
import { fromHandler, specsOf, toHandler } from "./script-tensors.ts";
import type { Loaded, ScriptWorker } from "./script-worker.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** The handler beside a model, and how it is run. */
export interface AroundOptions extends ScriptOptions, HandlerFile {}

/**
 * A model with the user's own code before and after it, as one session. Closing it closes the model's.
 *
 * @throws PlatformError `failed_precondition` as the handler says; the model's session stays open then.
 */
export async function surroundSession(
  model: Session,
  deadline: Deadline,
  options: AroundOptions,
): Promise<Session> {
  const { workers, loaded } = await openHandler(options, deadline, options);
  try {
    if (loaded.functions.includes("predict")) throw notPredict();
    const code = { loaded, workers };
    if (model.rows === "none") return new SurroundedSession(model, code, model);
    const trial = new SurroundedSession(model, code, UNTRIED);
    const found = await probeRows(trial.signature, options.manifest, (parts) =>
      boundedRun(trial.start(parts), options.clock),
    );
    return new SurroundedSession(model, code, found);
  } catch (thrown) {
    workers.close();
    throw thrown;
  }
}

class SurroundedSession implements Session {
  readonly signature: Signature;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly #model: Session;
  readonly #workers: WorkerPool;
  readonly #functions: ReadonlySet<ScriptFunction>;

  constructor(model: Session, { workers, loaded }: OpenHandler, { rows, rowsReason }: RowFacts) {
    const { functions, inputs, outputs } = loaded;
    this.rows = rows;
    this.rowsReason = rowsReason;
    this.#model = model;
    this.#workers = workers;
    this.#functions = new Set(functions);
    this.signature = {
      inputs: declared("inputs", inputs, model.signature.inputs, this.#functions.has("preprocess")),
      outputs: declared("outputs", outputs, model.signature.outputs, this.#functions.has("postprocess")),
    };
  }

  get memoryBytes(): number {
    return this.#model.memoryBytes;
  }

  get sizeCost(): string | undefined {
    return this.#model.sizeCost;
  }

  start(parts: readonly Tensors[], options: RunOptions = {}): Run {
    const refused = refusedRun(this.signature, options);
    if (refused) return refused;
    const way = new Way();
    return { done: this.#run(parts, options, way), terminate: () => way.stop() };
  }

  async close(): Promise<void> {
    this.#workers.close();
    await this.#model.close();
  }

  async #run(parts: readonly Tensors[], { outputs: wanted }: RunOptions, way: Way): Promise<RunResult> {
    const startedMs = performance.now();
    const given = joinedParts(parts);
    const rows = checkInputs(this.signature, given);
    const before = await this.#call("preprocess", given, way, {
      outputs: this.#model.signature.inputs,
      rows,
    });
    checkInputs(this.#model.signature, before.tensors);
    const beganMs = performance.now();
    const asked = this.#functions.has("postprocess") || !wanted ? {} : { outputs: wanted };
    const run = this.#model.start([before.tensors], asked);
    const result = await way.through(() => run.terminate(), run.done);
    const endedMs = performance.now();
    const after = await this.#call("postprocess", result.outputs, way, {
      outputs: this.signature.outputs,
      rows,
    });
    return {
      outputs: chosenOutputs(after.tensors, wanted),
      cpuUs: before.cpuUs + result.cpuUs + after.cpuUs,
      elsewhereUs: (result.elsewhereUs ?? 0) + (this.#workers.isElsewhere ? before.cpuUs + after.cpuUs : 0),
      inputUs: (beganMs - startedMs) * 1000 + result.inputUs,
      computeUs: result.computeUs,
      outputUs: (performance.now() - endedMs) * 1000 + result.outputUs,
    };
  }

  /** One of the handler's functions, where it has it. */
  async #call(
    name: ScriptFunction,
    tensors: Tensors,
    way: Way,
    { outputs, rows }: { readonly outputs: readonly TensorSpec[]; readonly rows: number },
  ): Promise<{ tensors: Tensors; cpuUs: number }> {
    if (!this.#functions.has(name)) return { tensors, cpuUs: 0 };
    const worker = this.#workers.take();
    try {
      const answered = await way.through(() => stop(worker), this.#ask(worker, name, tensors));
      const expected = outputs.filter((spec) => !spec.optional || spec.name in answered.outputs);
      return { tensors: fromHandler(answered.outputs, { outputs: expected }, rows), cpuUs: answered.cpuUs };
    } finally {
      this.#workers.give(worker);
    }
  }

  async #ask(worker: ScriptWorker, name: ScriptFunction, tensors: Tensors) {
    await worker.loaded();
    return await worker.call(name, toHandler(tensors));
  }
}

/** Where a run is now, so that it can be stopped there. */
class Way {
  #isStopped = false;
  #stop: (() => void) | undefined;

  stop(): void {
    this.#isStopped = true;
    this.#stop?.();
  }

  /** One leg of it. @throws PlatformError `cancelled` if it was stopped before. */
  async through<T>(stop: () => void, leg: Promise<T>): Promise<T> {
    this.#stop = stop;
    if (this.#isStopped) stop();
    try {
      return await leg;
    } finally {
      this.#stop = undefined;
    }
  }
}

const stop = (worker: ScriptWorker) => worker.end(new PlatformError("cancelled", "run terminated"));

function declared(
  where: "inputs" | "outputs",
  specs: Loaded["inputs"],
  ofModel: readonly TensorSpec[],
  isOwn: boolean,
): readonly TensorSpec[] {
  if (Object.keys(specs).length === 0) return ofModel;
  if (isOwn) return specsOf(specs, where);
  const name = where === "inputs" ? "preprocess" : "postprocess";
  throw new PlatformError(
    "failed_precondition",
    `the handler declares ${where} and has no function ${name}`,
    {
      field: where,
      hint: `without ${name} the ${where} are the model's`,
    },
  );
}

function notPredict(): PlatformError {
  return new PlatformError("failed_precondition", "the handler beside model.onnx has a function predict", {
    field: "handler.predict",
    expected: "preprocess, postprocess or both: the model predicts",
    hint: "to call models from code, serve the handler alone and join them in a pipeline.json",
  });
}
