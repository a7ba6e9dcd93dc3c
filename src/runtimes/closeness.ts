import { type DType, fromBrain, fromHalf, Strings, type Tensor } from "../tensor/index.ts";

/** Relative to the largest value of the tensor: kernels for one row and for many add up in different orders. */
const TOLERANCE: Partial<Record<DType, number>> = { FP32: 1e-3, FP64: 1e-6, FP16: 1e-2, BF16: 5e-2 };

/** Whether two tensors agree: exactly, or for floats within the tolerance of their dtype. NaN equals NaN. */
export function isClose(one: Tensor, other: Tensor): boolean {
  if (one.dtype !== other.dtype || `${one.shape}` !== `${other.shape}`) return false;
  if (one.data instanceof Strings) return isSameText(one.data, other.data as Strings);
  const [ours, theirs] = [numbersOf(one), numbersOf(other)];
  const allowed = (TOLERANCE[one.dtype] ?? 0) * largest(ours);
  return ours.every((value, i) => isCloseNumber(value, theirs[i], allowed));
}

type Value = number | bigint;

function isCloseNumber(value: Value, other: Value | undefined, allowed: number): boolean {
  if (Object.is(value, other) || value === other) return true;
  return typeof value === "number" && typeof other === "number" && Math.abs(value - other) <= allowed;
}

function numbersOf({ dtype, data }: Tensor): Value[] {
  const values = Array.from(data as ArrayLike<Value>);
  if (dtype === "FP16") return values.map((bits) => fromHalf(Number(bits)));
  return dtype === "BF16" ? values.map((bits) => fromBrain(Number(bits))) : values;
}

function largest(values: readonly Value[]): number {
  let size = 0;
  for (const value of values) {
    const magnitude = Math.abs(Number(value));
    if (Number.isFinite(magnitude) && magnitude > size) size = magnitude;
  }
  return size;
}

function isSameText(one: Strings, other: Strings): boolean {
  for (let i = 0; i < one.length; i++) {
    if (Buffer.compare(one.bytesAt(i), other.bytesAt(i)) !== 0) return false;
  }
  return true;
}
