import { type Deadline, type Deadlines, PlatformError } from "../base/index.ts";
import {
  checkInputs,
  type DataPlane,
  type Payload,
  type PredictRequest,
  type PredictResponse,
  type RequestContext,
  type Timing,
  unknownOutput,
} from "../model/index.ts";
import type { Prepared } from "../prepare/index.ts";
import type { Tensors } from "../tensor/index.ts";
import type { Bill } from "./bill.ts";
import type { LoadedVersion } from "./loaded-version.ts";
import type { Models } from "./models.ts";
import { bytesOf, checkOutputBytes, leastOutputBytes } from "./output-limit.ts";
import type { RunRecorder, StartRunRecorder } from "./run-spans.ts";

export interface DataPlaneOptions {
  readonly models: Models;
  readonly bill: Pick<Bill, "charge">;
  readonly deadlines: Deadlines;
  /** Bytes of outputs that one request may ask for. */
  readonly maxOutputBytes: number;
  /** Told of requests that reached no loaded version. */
  readonly onUnmatched: (error: PlatformError) => void;
  /** Undefined: no run is traced. */
  readonly startRunRecorder?: StartRunRecorder | undefined;
}

/** The data plane over the loaded versions: hold one, check the inputs, compute, say who answered and what it cost. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { models } = options;
  async function predict(request: PredictRequest, context: RequestContext): Promise<PredictResponse> {
    const ready = models.ready(request.model, request.version);
    const loaded = ready?.acquire() ?? (await acquire(request, context.deadline, options));
    try {
      return await answer(loaded, request, context, options);
    } finally {
      loaded.release();
    }
  }
  return {
    predict,
    async *stream(request, context) {
      yield await predict(request, context);
    },
  };
}

/** Holds a version that is not ready yet. */
async function acquire(
  { model, version }: PredictRequest,
  deadline: Deadline,
  { models, onUnmatched }: DataPlaneOptions,
): Promise<LoadedVersion> {
  try {
    return await models.acquire(model, version, deadline);
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    onUnmatched(error);
    throw error;
  }
}

/**
 * The answer of a version that the caller holds: also of one that nobody can ask yet.
 *
 * @throws PlatformError as its code says.
 */
export async function answer(
  loaded: LoadedVersion,
  request: PredictRequest,
  context: RequestContext,
  { bill, deadlines, startRunRecorder, maxOutputBytes }: Omit<DataPlaneOptions, "models" | "onUnmatched">,
): Promise<PredictResponse> {
  const { model, version, observer, manifest } = loaded.parts;
  const seen = observer.start();
  const { deadlineMs } = manifest;
  const deadline =
    deadlineMs === undefined ? context.deadline : deadlines.within(context.deadline, deadlineMs);
  try {
    const record = startRunRecorder?.(context.trace, model, version);
    const choice = {
      priority: context.priority,
      context: loaded.parts.session.isComposed ? { ...context, deadline } : undefined,
      ...outputsOf(loaded, request),
    };
    const runs = new Runs(loaded, deadline, choice, { record, maxOutputBytes });
    const prepared = await compute(loaded, request.payload, runs);
    const costUs = bill.charge(runs.timing.cpuUs) + (runs.timing.billedUs ?? 0);
    observer.answered(seen, runs.rows, runs.timing);
    return { model, version, ...prepared, timing: runs.timing, costUs };
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    observer.failed(seen, error);
    throw error;
  } finally {
    if (deadline !== context.deadline) deadline.close();
  }
}

async function compute(
  loaded: LoadedVersion,
  payload: Payload,
  runs: Runs,
): Promise<Prepared | { outputs: Tensors }> {
  if (payload.kind === "tensors") return { outputs: await runs.run(payload.tensors) };
  return loaded.parts.preparation.predict(payload, async (inputs) => runs.run(inputs));
}

interface RunChoice {
  readonly priority: number;
  readonly outputs?: readonly string[];
  /** The request itself, for versions that ask others in turn. */
  readonly context: RequestContext | undefined;
}

interface RunLimits {
  readonly record: RunRecorder | undefined;
  readonly maxOutputBytes: number;
}

/** The runs of one request: one as a rule, one per frame where a preparation loops. */
class Runs {
  readonly #loaded: LoadedVersion;
  readonly #deadline: Deadline;
  readonly #options: RunChoice;
  readonly #record: RunRecorder | undefined;
  readonly #maxOutputBytes: number;
  #outputBytes = 0;
  timing: Timing = { queueUs: 0, computeUs: 0, cpuUs: 0, batchRows: 0 };
  rows = 0;

  constructor(
    loaded: LoadedVersion,
    deadline: Deadline,
    options: RunChoice,
    { record, maxOutputBytes }: RunLimits,
  ) {
    this.#loaded = loaded;
    this.#deadline = deadline;
    this.#options = options;
    this.#record = record;
    this.#maxOutputBytes = maxOutputBytes;
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const { scheduler } = this.#loaded.parts;
    const rows = checkInputs(scheduler.signature, inputs);
    const { outputs: wanted } = this.#options;
    const least = leastOutputBytes(scheduler.signature, inputs, { rows, wanted });
    checkOutputBytes(this.#outputBytes + least, this.#maxOutputBytes);
    const { outputs, timing } = await scheduler.run(inputs, rows, this.#deadline, this.#options);
    this.timing = this.rows === 0 ? timing : add(this.timing, timing);
    this.rows += rows;
    this.#outputBytes += bytesOf(outputs);
    checkOutputBytes(this.#outputBytes, this.#maxOutputBytes);
    this.#record?.(rows, timing);
    return outputs;
  }
}

function add(a: Timing, b: Timing): Timing {
  return {
    queueUs: a.queueUs + b.queueUs,
    computeUs: a.computeUs + b.computeUs,
    cpuUs: a.cpuUs + b.cpuUs,
    batchRows: Math.max(a.batchRows, b.batchRows),
    billedUs: (a.billedUs ?? 0) + (b.billedUs ?? 0),
  };
}

function outputsOf(
  loaded: LoadedVersion,
  { outputs, payload }: PredictRequest,
): { outputs?: readonly string[] } {
  if (!outputs) return {};
  const { signature } = loaded.parts.session;
  const unknown = outputs.find((name) => !signature.outputs.some((spec) => spec.name === name));
  if (unknown !== undefined) throw unknownOutput(unknown, signature);
  // A preparation may need outputs that were not asked for, so only plain tensors run with fewer.
  return payload.kind === "tensors" ? { outputs } : {};
}
