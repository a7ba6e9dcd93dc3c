import { Strings } from "./strings.ts";

/** Storage of each dtype. Names are those of the Open Inference Protocol. */
export interface StorageOf {
  BOOL: Uint8Array;
  UINT8: Uint8Array;
  UINT16: Uint16Array;
  UINT32: Uint32Array;
  UINT64: BigUint64Array;
  INT8: Int8Array;
  INT16: Int16Array;
  INT32: Int32Array;
  INT64: BigInt64Array;
  /** IEEE 754 half precision, as its 16 bits. */
  FP16: Uint16Array;
  /** bfloat16: the upper 16 bits of a float32. */
  BF16: Uint16Array;
  FP32: Float32Array;
  FP64: Float64Array;
  /** Text or bytes of any length. */
  BYTES: Strings;
}

export type DType = keyof StorageOf;
export type NumericDType = Exclude<DType, "BYTES">;

const STORAGE = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  BF16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const;

/** Every dtype, in the order of the protocol's table. */
export const DTYPES: readonly DType[] = [...(Object.keys(STORAGE) as NumericDType[]), "BYTES"];

/** Whether `name` is a dtype of the platform. */
export function isDType(name: string): name is DType {
  return name === "BYTES" || Object.hasOwn(STORAGE, name);
}

/** Whether elements are floating-point numbers. */
export function isFloat(dtype: DType): dtype is "FP16" | "BF16" | "FP32" | "FP64" {
  return dtype === "FP32" || dtype === "FP64" || dtype === "FP16" || dtype === "BF16";
}

/** Bytes of one element; 0 for BYTES, whose elements have lengths of their own. */
export function elementBytes(dtype: DType): number {
  return dtype === "BYTES" ? 0 : STORAGE[dtype].BYTES_PER_ELEMENT;
}

/** Zeroed storage for `length` elements of `dtype`; for BYTES, `length` empty strings. */
export function createStorage<D extends DType>(dtype: D, length: number): StorageOf[D] {
  // STORAGE and StorageOf have the same rows; TypeScript cannot index both by one D.
  if (dtype === "BYTES") return Strings.empty(length) as StorageOf[D];
  return new STORAGE[dtype as NumericDType](length) as StorageOf[D];
}

/** Storage over `length` elements of a buffer that is not copied; `byteOffset` must be aligned. */
export function viewStorage<D extends NumericDType>(
  dtype: D,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): StorageOf[D] {
  return new STORAGE[dtype](buffer as ArrayBuffer, byteOffset, length) as StorageOf[D];
}
