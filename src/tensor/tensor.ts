import { createStorage, type DType, elementBytes, type StorageOf } from "./dtype.ts";
import { Strings } from "./strings.ts";

/** A dense row-major array: `data.length` equals the product of `shape`. A scalar has shape []. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: StorageOf[D];
}

/** Tensors by name: the inputs or the outputs of one request or one batch. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** Elements that `shape` holds: the product of its sizes, 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  let product = 1;
  for (const size of shape) product *= size;
  return product;
}

/** Bytes of the elements in memory; for BYTES those of the strings, without lengths. */
export function byteLength(tensor: Tensor): number {
  const { data } = tensor;
  return data instanceof Strings ? data.byteLength : data.length * elementBytes(tensor.dtype);
}

/** Where a tensor's values lie. */
export function memoryOf({ data }: Tensor): readonly ArrayBufferView[] {
  return data instanceof Strings ? [data.bytes, data.offsets] : [data];
}

/** A tensor of shape `shape` from plain values; handy for tests and samples. */
export function tensorOf(
  dtype: DType,
  shape: readonly number[],
  values: readonly (number | bigint | boolean | string)[],
): Tensor {
  if (dtype === "BYTES") return { dtype, shape, data: Strings.from(values.map(String)) };
  const data = createStorage(dtype, values.length) as { [index: number]: number | bigint };
  const isBig = dtype === "INT64" || dtype === "UINT64";
  for (const [i, value] of values.entries()) data[i] = isBig ? BigInt(value) : Number(value);
  return { dtype, shape, data: data as never };
}
