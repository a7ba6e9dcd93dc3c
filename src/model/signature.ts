import { PlatformError } from "../base/index.ts";
import { type DType, type Tensor, type Tensors } from "../tensor/index.ts";

/** What one tensor must look like. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  /** Sizes; -1 is free. A scalar has []. */
  readonly shape: readonly number[];
  /** The file's own names of free sizes, such as "N"; same length as `shape`. */
  readonly symbols?: readonly (string | undefined)[];
  /** Where requests are joined: axis 0, or null where this tensor has no batch axis. */
  readonly batchAxis: 0 | null;
  /** Class names of the last axis, where the file tells them (ZipMap). */
  readonly labels?: readonly string[];
  /** Some texts that an input knows, where the model tells them. */
  readonly words?: readonly string[];
  /** Whether the model runs without it. */
  readonly optional?: boolean;
}

/** The named inputs and outputs of a model version. */
export interface Signature {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/**
 * Checks the inputs of one request against a signature and returns their row count: the common
 * size of axis 0 of the inputs with a batch axis, 1 where there is none.
 *
 * @throws PlatformError `invalid_argument`, naming the input and what was expected of it.
 * @see Open Inference Protocol, inference_rest.md, "Request Input".
 */
export function checkInputs(signature: Signature, inputs: Tensors): number {
  let rows: number | undefined;
  let found = 0;
  for (const spec of signature.inputs) {
    const tensor = inputs.get(spec.name);
    if (!tensor) {
      if (spec.optional) continue;
      throw invalid(spec, "is missing");
    }
    found += 1;
    checkInput(spec, tensor);
    if (spec.batchAxis === null) continue;
    rows ??= tensor.shape[0];
    if (rows !== tensor.shape[0]) {
      throw invalid(spec, `has ${tensor.shape[0]} rows, other inputs have ${rows}`, `${rows} rows`);
    }
  }
  if (found < inputs.size) throw unexpectedInput(signature, inputs);
  return rows ?? 1;
}

/**
 * Checks what was computed for `rows` rows against a signature; outputs that were not asked for may be missing.
 *
 * @throws PlatformError `internal`, naming the output.
 */
export function checkOutputs(signature: Signature, outputs: Tensors, rows: number): void {
  for (const { name, dtype, shape, batchAxis } of signature.outputs) {
    const tensor = outputs.get(name);
    if (!tensor) continue;
    const isShape = fits(shape, tensor.shape) && (batchAxis === null || tensor.shape[0] === rows);
    if (tensor.dtype === dtype && isShape) continue;
    const expected = `${dtype}[${shape}] with ${rows} rows`;
    const message = `output "${name}" is ${tensor.dtype}[${tensor.shape}], expected ${expected}`;
    throw new PlatformError("internal", message, { field: name, expected });
  }
}

/** The refusal of a wanted output that a version does not have. */
export function unknownOutput(name: string, { outputs }: Signature): PlatformError {
  const expected = outputs.map((spec) => spec.name).join(", ");
  const message = `output "${name}" is not of this model, expected ${expected}`;
  return new PlatformError("invalid_argument", message, { field: "outputs", got: name, expected });
}

function unexpectedInput(signature: Signature, inputs: Tensors): PlatformError {
  const known = signature.inputs.map((spec) => spec.name);
  const extra = [...inputs.keys()].find((name) => !known.includes(name)) ?? "";
  return new PlatformError(
    "invalid_argument",
    `input "${extra}" is not of this model, expected ${known.join(", ")}`,
    {
      field: extra,
      got: extra,
      expected: known.join(", "),
    },
  );
}

function checkInput(spec: TensorSpec, tensor: Tensor): void {
  if (tensor.dtype !== spec.dtype) {
    throw invalid(spec, `is ${tensor.dtype}, expected ${spec.dtype}`, spec.dtype, tensor.dtype);
  }
  if (!fits(spec.shape, tensor.shape)) {
    const [got, expected] = [`[${tensor.shape}]`, `[${spec.shape}]`];
    throw invalid(spec, `has shape ${got}, expected ${expected}`, expected, got);
  }
}

/** Whether a tensor's shape fits a declared one, in which -1 takes any size. */
export function fits(declared: readonly number[], shape: readonly number[]): boolean {
  if (declared.length !== shape.length) return false;
  for (let axis = 0; axis < declared.length; axis++) {
    if (declared[axis] !== -1 && declared[axis] !== shape[axis]) return false;
  }
  return true;
}

function invalid(
  spec: TensorSpec,
  problem: string,
  expected = `${spec.dtype} [${spec.shape}]`,
  got?: string,
) {
  const details = { field: spec.name, expected, ...(got !== undefined && { got }) };
  return new PlatformError("invalid_argument", `input "${spec.name}" ${problem}`, details);
}
