import { type Json, shortestFloat32 } from "../base/index.ts";
import type { DType } from "./dtype.ts";
import { fromBrain, fromHalf } from "./half.ts";
import { rowCount } from "./rows.ts";
import { Strings } from "./strings.ts";
import type { Tensor } from "./tensor.ts";

/** Element `index` of a tensor as JSON: see {@link plainFloat} for floats; 64-bit integers without loss. */
export function plainElement(tensor: Tensor, index: number): Json {
  const { data, dtype } = tensor;
  if (data instanceof Strings) return data.at(index);
  const value = data[index] ?? 0;
  if (dtype === "BOOL") return value !== 0;
  if (typeof value === "bigint") return isSafe(value) ? Number(value) : value;
  if (dtype === "FP16") return plainFloat(fromHalf(value), dtype);
  if (dtype === "BF16") return plainFloat(fromBrain(value), dtype);
  return dtype === "FP32" ? plainFloat(value, dtype) : plainDouble(value);
}

/**
 * A number of the precision of `dtype` as JSON. What is not FP64 is told by the shortest decimal that
 * reads back as the same float32: 0.1, not 0.10000000149011612. JSON knows no NaN (null) and no
 * infinities ("Infinity", "-Infinity").
 */
export function plainFloat(value: number, dtype: DType): Json {
  return plainDouble(dtype === "FP64" ? value : shortestFloat32(Math.fround(value)));
}

function plainDouble(value: number): Json {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? null : String(value);
}

/** One row of a tensor as JSON: a single value where it holds one element, nested arrays otherwise. */
export function plainRow(tensor: Tensor, row: number): Json {
  const sizes = tensor.shape.slice(1);
  const length = tensor.data.length / Math.max(1, rowCount(tensor));
  return length === 1 && sizes.every((size) => size === 1)
    ? plainElement(tensor, row)
    : nested(tensor, sizes, row * length);
}

/** A whole tensor as nested arrays, a scalar as one value. */
export function plainTensor(tensor: Tensor): Json {
  return nested(tensor, tensor.shape, 0);
}

function nested(tensor: Tensor, [size, ...rest]: readonly number[], from: number): Json {
  if (size === undefined) return plainElement(tensor, from);
  let step = 1;
  for (const inner of rest) step *= inner;
  const items: Json[] = [];
  for (let i = 0; i < size; i++) {
    items.push(rest.length === 0 ? plainElement(tensor, from + i) : nested(tensor, rest, from + i * step));
  }
  return items;
}

const isSafe = (value: bigint) => value <= 9_007_199_254_740_991n && value >= -9_007_199_254_740_991n;
