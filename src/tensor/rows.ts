import { createStorage } from "./dtype.ts";
import { Strings } from "./strings.ts";
import { elementCount, type Tensor } from "./tensor.ts";

/** Rows of a tensor: the size of its first axis. A scalar has none, so it counts as 1. */
export function rowCount(tensor: Tensor): number {
  return tensor.shape[0] ?? 1;
}

/**
 * Joins tensors along the first axis: shapes [n₁, …s], [n₂, …s] become [n₁+n₂, …s].
 *
 * @throws RangeError unless there is a tensor and all have one dtype and one row shape.
 */
export function concatRows(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (!first || !tensors.every((tensor) => rowKey(tensor) === rowKey(first))) {
    throw new RangeError(`cannot join ${tensors.map(rowKey).join(", ")}`);
  }
  let rows = 0;
  for (const tensor of tensors) rows += rowCount(tensor);
  const shape = [rows, ...first.shape.slice(1)];
  if (first.dtype === "BYTES") return { dtype: "BYTES", shape, data: concatStrings(tensors) };
  const data = createStorage(first.dtype, elementCount(shape));
  let offset = 0;
  for (const tensor of tensors) {
    (data as Uint8Array).set(tensor.data as Uint8Array, offset); // One dtype, so one storage; the union hides that.
    offset += tensor.data.length;
  }
  return { dtype: first.dtype, shape, data };
}

function concatStrings(tensors: readonly Tensor[]): Strings {
  const parts = tensors.map((tensor) => tensor.data as Strings);
  const offsets = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 1));
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let index = 0;
  let at = 0;
  for (const part of parts) {
    const from = part.offsets[0] ?? 0;
    bytes.set(part.bytes.subarray(from, part.offsets[part.length]), at);
    for (let i = 0; i < part.length; i++) offsets[++index] = at + (part.offsets[i + 1] ?? 0) - from;
    at += part.byteLength;
  }
  return new Strings(bytes, offsets);
}

/**
 * Rows `start … end` of a tensor as a view of the same memory.
 *
 * @throws RangeError if the tensor is a scalar or the range lies outside its rows.
 */
export function sliceRows(tensor: Tensor, start: number, end: number): Tensor {
  const [rows, ...rowShape] = tensor.shape;
  if (rows === undefined || start < 0 || end < start || end > rows) {
    throw new RangeError(`rows ${start} to ${end} are not within [${tensor.shape}]`);
  }
  const length = elementCount(rowShape);
  return {
    dtype: tensor.dtype,
    shape: [end - start, ...rowShape],
    data: tensor.data.subarray(start * length, end * length),
  };
}

/**
 * Some rows of a tensor, in the order of `rows`, in memory of their own.
 *
 * @throws RangeError if the tensor is a scalar or has no such row.
 */
export function takeRows(tensor: Tensor, rows: readonly number[]): Tensor {
  const [count, ...rowShape] = tensor.shape;
  const wrong = rows.find((row) => !(row >= 0 && row < (count ?? 0)));
  if (count === undefined || wrong !== undefined) {
    throw new RangeError(`no row ${wrong} in [${tensor.shape}]`);
  }
  const shape = [rows.length, ...rowShape];
  if (tensor.dtype === "BYTES") return { dtype: "BYTES", shape, data: takeStrings(tensor, rows) };
  const length = elementCount(rowShape);
  const data = createStorage(tensor.dtype, rows.length * length);
  for (const [at, row] of rows.entries()) {
    const values = tensor.data.subarray(row * length, (row + 1) * length);
    (data as Uint8Array).set(values as Uint8Array, at * length); // One dtype, so one storage.
  }
  return { dtype: tensor.dtype, shape, data };
}

function takeStrings(tensor: Tensor, rows: readonly number[]): Strings {
  if (rows.length === 0) return (tensor.data as Strings).subarray(0, 0);
  return concatStrings(rows.map((row) => sliceRows(tensor, row, row + 1)));
}

/** Equal for two tensors that can be joined row by row, such as "FP32[3,224,224]". */
export function rowKey(tensor: Tensor): string {
  return `${tensor.dtype}[${tensor.shape.slice(1)}]`;
}
