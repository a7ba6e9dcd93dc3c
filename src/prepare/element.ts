import type { Json } from "../model/index.ts";
import {
  createStorage,
  type DType,
  isFloat,
  type NumericDType,
  Strings,
  type Tensor,
  toBrain,
  toHalf,
} from "../tensor/index.ts";

/**
 * Puts one JSON value into an element of a tensor's storage.
 * Returns whether it is one of the dtype's values; nothing is converted silently.
 */
export type WriteElement = (data: Numbers, at: number, value: Json) => boolean;

/** Any numeric storage, seen as what can be assigned to. */
export type Numbers = { [index: number]: number | bigint };

/** Texts that stand for the floats JSON has no words for. */
const NON_FINITE = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** The largest finite value of each float. */
const MAX_FLOAT = { FP16: 65_504, BF16: 3.3895313892515355e38, FP32: 3.4028234663852886e38 } as const;

const RANGES = {
  INT8: [-128n, 127n],
  INT16: [-32_768n, 32_767n],
  INT32: [-2_147_483_648n, 2_147_483_647n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  UINT8: [0n, 255n],
  UINT16: [0n, 65_535n],
  UINT32: [0n, 4_294_967_295n],
  UINT64: [0n, 2n ** 64n - 1n],
} as const;

const FP32 = { as: (number: number) => number, max: MAX_FLOAT.FP32 };
const FP16 = { as: toHalf, max: MAX_FLOAT.FP16 };
const BF16 = { as: toBrain, max: MAX_FLOAT.BF16 };

const WRITERS: Record<NumericDType, WriteElement> = {
  BOOL(data, at, value) {
    if (typeof value !== "boolean") return false;
    data[at] = value ? 1 : 0;
    return true;
  },
  FP64(data, at, value) {
    const number = typeof value === "number" ? value : floatOf(value);
    if (number === undefined) return false;
    data[at] = number;
    return true;
  },
  FP32(data, at, value) {
    if (typeof value === "number" && value <= MAX_FLOAT.FP32 && value >= -MAX_FLOAT.FP32) {
      data[at] = value;
      return true;
    }
    return writeFloat(data, at, value, FP32);
  },
  FP16: (data, at, value) => writeFloat(data, at, value, FP16),
  BF16: (data, at, value) => writeFloat(data, at, value, BF16),
  INT8: wholeWriter(...RANGES.INT8),
  INT16: wholeWriter(...RANGES.INT16),
  INT32: wholeWriter(...RANGES.INT32),
  UINT8: wholeWriter(...RANGES.UINT8),
  UINT16: wholeWriter(...RANGES.UINT16),
  UINT32: wholeWriter(...RANGES.UINT32),
  INT64: bigWriter(...RANGES.INT64),
  UINT64: bigWriter(...RANGES.UINT64),
};

/** How elements of a numeric dtype are written. */
export function elementWriter(dtype: NumericDType): WriteElement {
  return WRITERS[dtype];
}

/** What a dtype takes, in words. */
export function expectation(dtype: DType): string {
  if (dtype === "BYTES") return "text";
  if (dtype === "BOOL") return "true or false";
  if (isFloat(dtype)) return "a number";
  const [min, max] = RANGES[dtype];
  return `a whole number from ${min} to ${max}`;
}

/** What a dtype would have taken instead of this value; says so where a number is only too large. */
export function expectationFor(dtype: DType, value: Json): string {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  if (!isNumber || !isFloat(dtype) || dtype === "FP64") return expectation(dtype);
  return `a number from -${MAX_FLOAT[dtype]} to ${MAX_FLOAT[dtype]}`;
}

/** A value as a message shows it: short, with its JSON type. */
export function showValue(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return `${JSON.stringify(shorten(value))} (string)`;
  return `${value} (${typeof value === "boolean" ? "boolean" : "number"})`;
}

/** At most 60 characters of a client's text. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A tensor of zeroed numbers, or of the given texts for BYTES. */
export function numericTensor(
  dtype: NumericDType,
  shape: readonly number[],
  length: number,
): Tensor & { data: Numbers } {
  return { dtype, shape, data: createStorage(dtype, length) as never };
}

/** A BYTES tensor of these texts. */
export function textTensor(shape: readonly number[], texts: readonly (string | Uint8Array)[]): Tensor {
  return { dtype: "BYTES", shape, data: Strings.from(texts) };
}

function floatOf(value: Json): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string") return NON_FINITE.get(value);
  if (typeof value === "bigint") return Number(value);
  return value === null ? Number.NaN : undefined;
}

function writeFloat(
  data: Numbers,
  at: number,
  value: Json,
  encoded: { readonly as: (number: number) => number; readonly max: number },
): boolean {
  const number = floatOf(value);
  if (number === undefined) return false;
  const isGiven = typeof value === "number" || typeof value === "bigint";
  // Rounded first: the shortest decimal of the largest float lies a little above it.
  if (isGiven && Math.abs(Math.fround(number)) > encoded.max) return false;
  data[at] = encoded.as(number);
  return true;
}

function wholeWriter(min: bigint, max: bigint): WriteElement {
  const [low, high] = [Number(min), Number(max)];
  return (data, at, value) => {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number) || number < low || number > high) {
      return false;
    }
    data[at] = number;
    return true;
  };
}

function bigWriter(min: bigint, max: bigint): WriteElement {
  return (data, at, value) => {
    if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value))) return false;
    const big = BigInt(value);
    if (big < min || big > max) return false;
    data[at] = big;
    return true;
  };
}
