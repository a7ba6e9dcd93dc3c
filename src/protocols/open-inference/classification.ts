import { elementCount, fromBrain, fromHalf, Strings, type Tensor } from "../../tensor/index.ts";
import { refuse } from "./refusal.ts";

/** Most classes that one request may ask for. */
export const MAX_CLASSES = 1_000_000;

/** How an output's classes are named and laid out. */
export interface ClassOptions {
  readonly name: string;
  /** Whether axis 0 counts rows, each of which is classified alone. */
  readonly hasRows: boolean;
  readonly labels: readonly string[];
  /** How many classes are wanted of each row. */
  readonly classes: number;
}

/**
 * The highest values of each row, `[n, …] → [n, k]` (without rows `[…] → [k]`), as BYTES
 * `"<value>:<index>[:<label>]"`, highest first; equal values in the order of their indices and NaN last.
 *
 * @throws PlatformError `invalid_argument` for strings, which have no order.
 * @see Triton, extension_classification.md.
 */
export function classify(tensor: Tensor, options: ClassOptions): Tensor {
  const { data, dtype } = tensor;
  if (data instanceof Strings) {
    const text = `class result not available for output '${options.name}' due to unsupported type 'BYTES'`;
    throw refuse("invalid_argument", text, { field: options.name, expected: "a numeric output" });
  }
  const rows = options.hasRows ? (tensor.shape[0] ?? 1) : 1;
  const rowLength = options.hasRows ? elementCount(tensor.shape.slice(1)) : data.length;
  const classes = Math.min(options.classes, rowLength);
  const toNumber = dtype === "FP16" ? fromHalf : dtype === "BF16" ? fromBrain : Number;
  const texts: string[] = [];
  for (let row = 0; row < rows; row++) {
    const values = Array.from(
      data.subarray(row * rowLength, (row + 1) * rowLength) as Iterable<number | bigint>,
    );
    for (const index of topIndices(values, classes, toNumber as (value: number | bigint) => number)) {
      texts.push(printClass(values[index] ?? 0, index, tensor, options.labels));
    }
  }
  return { dtype: "BYTES", shape: options.hasRows ? [rows, classes] : [classes], data: Strings.from(texts) };
}

/** Indices of the `count` highest values. */
function topIndices(
  values: readonly (number | bigint)[],
  count: number,
  toNumber: (value: number | bigint) => number,
): number[] {
  const keys = values.map((value) => (typeof value === "bigint" ? value : toNumber(value)));
  const indices = keys.map((_, i) => i);
  indices.sort((a, b) => compare(keys[b] ?? 0, keys[a] ?? 0) || a - b);
  return indices.slice(0, count);
}

/** NaN is below everything. */
function compare(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

function printClass(
  value: number | bigint,
  index: number,
  { dtype }: Tensor,
  labels: readonly string[],
): string {
  const label = labels[index];
  const tail = label === undefined ? String(index) : `${index}:${label}`;
  return `${printValue(value, dtype)}:${tail}`;
}

/** As C++ `std::to_string` prints it: six decimals for floating types. */
function printValue(value: number | bigint, dtype: Tensor["dtype"]): string {
  if (typeof value === "bigint") return value.toString();
  if (dtype === "FP16") return printDouble(fromHalf(value));
  if (dtype === "BF16") return printDouble(fromBrain(value));
  return dtype === "FP32" || dtype === "FP64" ? printDouble(value) : String(value);
}

function printDouble(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  // From 10^21 on toFixed prints an exponent; such values are integers.
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}
