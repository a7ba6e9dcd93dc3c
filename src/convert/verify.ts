import { PlatformError } from "../base/index.ts";
import { fromBrain, fromHalf, Strings, type Tensor, type Tensors } from "../tensor/index.ts";
import type { Converted } from "./contract.ts";

/** How a converted model compares with its own library's rules. */
export interface Verified {
  readonly rows: number;
  /** The largest difference of a value, relative to values above 1. */
  readonly largestError: number;
}

/** Rows that are compared, and the most values that they may have together. */
const ROWS = 256;
const MAX_VALUES = 2 ** 22;
/** Sums of thousands of trees in float32 differ in the fifth digit; a wrong branch differs in the first. */
const LIMIT = 1e-4;

/**
 * Compares the model as the engine runs it with the reference on rows beside the model's own decisions.
 *
 * @throws PlatformError `failed_precondition` if they differ.
 */
export async function verify(
  converted: Converted,
  run: (rows: Float32Array) => Promise<ArrayLike<number>>,
  random: (below: number) => number,
): Promise<Verified> {
  const count = Math.max(1, Math.min(ROWS, Math.floor(MAX_VALUES / Math.max(1, converted.features))));
  return await verifyRows(converted, run, converted.sample(count, random));
}

/**
 * Compares the two on these rows of the matrix input.
 *
 * @throws PlatformError `failed_precondition` if they differ.
 */
export async function verifyRows(
  converted: Converted,
  run: (rows: Float32Array) => Promise<ArrayLike<number>>,
  rows: Float32Array,
): Promise<Verified> {
  const expected = converted.reference(rows);
  const count = Math.floor(rows.length / Math.max(1, converted.features));
  return { rows: count, largestError: checkError(await run(rows), expected) };
}

/**
 * The largest difference of the outputs that `expected` names.
 *
 * @throws PlatformError `failed_precondition` if it is more than rounding.
 */
export function compareTensors(outputs: Tensors, expected: Tensors): number {
  const errors = [...expected].map(([name, tensor]) =>
    checkError(numbersOf(outputs.get(name)), numbersOf(tensor)),
  );
  return Math.max(0, ...errors);
}

/** Elements as numbers; none for texts, or where there is no such output. */
function numbersOf(tensor: Tensor | undefined): ArrayLike<number> {
  if (!tensor || tensor.data instanceof Strings) return [];
  const { data, dtype } = tensor;
  if (dtype === "FP16") return Float64Array.from(data as Uint16Array, fromHalf);
  if (dtype === "BF16") return Float64Array.from(data as Uint16Array, fromBrain);
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}

/**
 * The largest difference of what the engine computed from what the original does.
 *
 * @throws PlatformError `failed_precondition` if it is more than rounding.
 */
function checkError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largestError = largestOf(got, expected);
  if (got.length === expected.length && largestError <= LIMIT) return largestError;
  throw new PlatformError(
    "failed_precondition",
    `the converted model differs from the original by ${largestError}`,
    {
      field: "model",
      got: String(largestError),
      expected: `at most ${LIMIT}, relative to values above 1`,
      hint: "this is a fault of the converter: please report what the model is",
    },
  );
}

function largestOf(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const [a = Number.NaN, b = Number.NaN] = [got[i], expected[i]];
    if (Object.is(a, b)) continue;
    const error = Math.abs(a - b) / Math.max(1, Math.abs(b));
    largest = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(largest, error);
  }
  return largest;
}
