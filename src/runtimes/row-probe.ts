import { type Clock, PlatformError } from "../base/index.ts";
import type { Manifest, Signature } from "../model/index.ts";
import { sliceRows, type Tensors } from "../tensor/index.ts";
import { isClose } from "./closeness.ts";
import type { Run } from "./contract.ts";
import { outputAxes, outputShape } from "./output-shape.ts";
import { sampleInputs } from "./sample-inputs.ts";

/** What a probe of a model's rows found. */
export interface RowsFound {
  readonly rows: "independent" | "none";
  /** Why rows are not joined; "" if they are. */
  readonly rowsReason: string;
  /** Whether every output had the shape that the signature says, for each number of rows tried. */
  readonly shapesHold: boolean;
  /** Whether a run did not end in its time and was stopped. */
  readonly isSlow: boolean;
}

/** What a session says of its rows. */
export type RowFacts = Pick<RowsFound, "rows" | "rowsReason">;

/** Of a session by which the rows are tried. */
export const UNTRIED: RowFacts = { rows: "none", rowsReason: "not tried yet" };

/** Starts a run that is stopped, and then fails with `cancelled`, when it takes too long. */
export type StartRun = (parts: readonly Tensors[]) => Run;

/** Longest that one run on sample inputs may take, in milliseconds: some models never end on some inputs. */
const PROBE_RUN_MS = 2000;

/** A run on sample inputs, stopped when it takes too long. */
export function boundedRun(run: Run, clock: Clock): Run {
  const forget = clock.after(PROBE_RUN_MS, () => run.terminate());
  return { done: run.done.finally(forget), terminate: () => run.terminate() };
}

/** Why rows of a model are not joined whose run on sample inputs was stopped. */
export const SLOW_REASON = "a run on sample inputs did not end in time";

/** Several, because the rows of one may happen to be alike. */
const SEEDS = [1, 2, 3];
const ROWS = 3;

/** After so long no further rows are tried. */
const ENOUGH_MS = 500;

/**
 * Whether the rows of one run give what they give alone: runs sample rows one by one and joined,
 * and compares. What cannot be told counts as "none", unless the manifest says that rows may be
 * joined.
 */
export async function probeRows(
  signature: Signature,
  manifest: Manifest,
  start: StartRun,
): Promise<RowsFound> {
  const shapes = { hold: true };
  try {
    const fixed = withoutBatchAxis(signature);
    if (fixed !== undefined) {
      await runOnce(signature, manifest, start, shapes);
      return { rows: "none", rowsReason: fixed, shapesHold: shapes.hold, isSlow: false };
    }
    const startedMs = performance.now();
    for (const seed of SEEDS) {
      // Each seed has rows of its own; for a large model one must do.
      if (seed !== SEEDS[0] && performance.now() - startedMs > ENOUGH_MS) break;
      const difference = await compareRows({ signature, manifest, start, shapes, seed });
      if (difference) return { rows: "none", rowsReason: difference, shapesHold: shapes.hold, isSlow: false };
    }
    return { rows: "independent", rowsReason: "", shapesHold: shapes.hold, isSlow: false };
  } catch (thrown) {
    return inconclusive(PlatformError.from(thrown), signature, manifest);
  }
}

/** The runs themselves failed: on values that the model does not take, or because they do not end. */
function inconclusive(error: PlatformError, signature: Signature, manifest: Manifest): RowsFound {
  if (error.code === "unavailable") throw error;
  if (/failed to allocate|bad_alloc/i.test(error.message)) throw tooMuchMemory(error);
  const isSlow = error.code === "cancelled";
  const fixed = withoutBatchAxis(signature);
  if (manifest.batching.mode === "rows" && fixed === undefined && !isSlow) {
    return { rows: "independent", rowsReason: "", shapesHold: false, isSlow };
  }
  const untried = isSlow ? SLOW_REASON : `it could not be tried: ${error.message}`;
  return { rows: "none", rowsReason: fixed ?? untried, shapesHold: false, isSlow };
}

function tooMuchMemory(cause: PlatformError): PlatformError {
  return new PlatformError(
    "failed_precondition",
    "the model asks for more memory than there is, for a single row",
    {
      field: "model.onnx",
      got: cause.message,
      cause,
    },
  );
}

function withoutBatchAxis({ inputs, outputs }: Signature): string | undefined {
  if (inputs.length === 0) return "the model has no input";
  for (const spec of inputs) if (spec.batchAxis === null) return `input "${spec.name}" has no batch axis`;
  for (const spec of outputs) {
    if (spec.batchAxis === null && spec.shape.length === 0) return `output "${spec.name}" has no batch axis`;
  }
  return undefined;
}

interface Comparison {
  readonly signature: Signature;
  readonly manifest: Manifest;
  readonly start: StartRun;
  readonly shapes: { hold: boolean };
  readonly seed: number;
}

async function runOnce(signature: Signature, manifest: Manifest, start: StartRun, shapes: { hold: boolean }) {
  const inputs = sampleInputs(signature, manifest, 1, SEEDS[0]);
  const { outputs } = await start([inputs]).done;
  noteShapes(signature, inputs, outputs, shapes);
}

/** What differs between rows alone and joined; undefined if nothing does. */
async function compareRows({
  signature,
  manifest,
  start,
  shapes,
  seed,
}: Comparison): Promise<string | undefined> {
  const all = sampleInputs(signature, manifest, ROWS, seed);
  const parts = Array.from({ length: ROWS }, (_, row) => rowOf(all, row));
  const alone: Tensors[] = [];
  for (const part of parts) {
    const { outputs } = await start([part]).done;
    noteShapes(signature, part, outputs, shapes);
    alone.push(outputs);
  }
  let joined: Tensors;
  try {
    joined = (await start(parts).done).outputs;
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    if (error.code === "cancelled") throw thrown;
    return `rows that run alone fail together: ${error.message}`;
  }
  noteShapes(signature, all, joined, shapes);
  return differenceOf(joined, alone);
}

function rowOf(inputs: Tensors, row: number): Tensors {
  return new Map([...inputs].map(([name, tensor]) => [name, sliceRows(tensor, row, row + 1)]));
}

function differenceOf(joined: Tensors, alone: readonly Tensors[]): string | undefined {
  for (const [name, tensor] of joined) {
    if (tensor.shape[0] !== ROWS) {
      return `output "${name}" has ${tensor.shape[0] ?? "no"} rows for ${ROWS} of input`;
    }
    for (const [row, outputs] of alone.entries()) {
      const own = outputs.get(name);
      if (!own || !isClose(sliceRows(tensor, row, row + 1), own)) {
        return `output "${name}" of a row depends on the other rows`;
      }
    }
  }
  return undefined;
}

/** Compares the outputs' shapes with those that follow from the signature and the inputs. */
function noteShapes(
  signature: Signature,
  inputs: Tensors,
  outputs: Tensors,
  shapes: { hold: boolean },
): void {
  const shapeOf = (index: number) => inputs.get(signature.inputs[index]?.name ?? "")?.shape ?? [];
  const batched = signature.inputs.findIndex((spec) => spec.batchAxis === 0);
  for (const spec of signature.outputs) {
    const axes = outputAxes(signature, spec);
    const shape = outputs.get(spec.name)?.shape ?? [];
    const told = axes && outputShape(axes, batched < 0 ? 1 : (shapeOf(batched)[0] ?? 1), shapeOf);
    if (told ? `${told}` !== `${shape}` : spec.shape.length !== shape.length) shapes.hold = false;
  }
}
