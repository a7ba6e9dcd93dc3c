import { isUtf8 } from "node:buffer";
import { type Json, PlatformError } from "../../base/index.ts";
import { fits, type TensorSpec } from "../../model/index.ts";
import {
  createStorage,
  elementCount,
  type NumericDType,
  plainElement,
  Strings,
  type Tensor,
  toBrain,
  toHalf,
} from "../../tensor/index.ts";
import { badAnswer, isList, kindOf } from "./wire.ts";

/** How text that is not UTF-8 is written; undefined where the protocol has no way. */
export type BytesAsJson = ((bytes: Uint8Array) => Json) | undefined;

/** Element `index` as JSON; NaN and infinities as numbers, which are written as bare tokens. */
function element(name: string, tensor: Tensor, index: number, bytesAsJson: BytesAsJson): Json {
  const { data } = tensor;
  if (data instanceof Strings) {
    const bytes = data.bytesAt(index);
    if (isUtf8(bytes)) return data.at(index);
    if (bytesAsJson) return bytesAsJson(bytes);
    throw new PlatformError("invalid_argument", `input "${name}" holds bytes that are not UTF-8`, {
      field: name,
      expected: "UTF-8: the remote server takes tensors as JSON only",
    });
  }
  const plain = plainElement(tensor, index);
  if (plain === null) return Number.NaN;
  return typeof plain === "string" ? Number(plain) : plain;
}

/** The elements of a tensor, row-major and flat. */
export function flatJson(name: string, tensor: Tensor, bytesAsJson?: BytesAsJson): Json[] {
  return Array.from({ length: tensor.data.length }, (_, i) => element(name, tensor, i, bytesAsJson));
}

/** A tensor as nested lists, a scalar as one value. */
export function nestedJson(name: string, tensor: Tensor, bytesAsJson?: BytesAsJson): Json {
  const nest = ([size, ...rest]: readonly number[], from: number): Json => {
    if (size === undefined) return element(name, tensor, from, bytesAsJson);
    const step = elementCount(rest);
    return Array.from({ length: size }, (_, i) => nest(rest, from + i * step));
  };
  return nest(tensor.shape, 0);
}

/** A tensor of flat or nested values. @throws PlatformError `internal` naming the output and element. */
export function tensorOfJson(
  value: Json | undefined,
  { spec, shape, field }: { spec: TensorSpec; shape?: readonly number[]; field: string },
): Tensor {
  const found = leavesOf(value, field);
  const sizes = shape ?? found.shape;
  const count = elementCount(sizes);
  if (found.leaves.length !== count) {
    throw badAnswer(field, `${found.leaves.length} values`, `${count} for the shape [${sizes}]`);
  }
  const { dtype } = spec;
  if (dtype === "BYTES") {
    const items = found.leaves.map((leaf, i) => bytesOf(leaf, `${field}[${i}]`));
    return { dtype, shape: sizes, data: Strings.from(items) };
  }
  const data = createStorage(dtype, count) as { [index: number]: number | bigint };
  for (const [i, leaf] of found.leaves.entries()) {
    const number = NUMBER_OF[dtype](leaf);
    if (number === undefined) throw badAnswer(`${field}[${i}]`, kindOf(leaf), `a value of ${dtype}`);
    data[i] = number;
  }
  return { dtype, shape: sizes, data: data as never };
}

/** Values that lie in nested lists, and the sizes of those. */
function leavesOf(value: Json | undefined, field: string): { shape: number[]; leaves: Json[] } {
  const shape: number[] = [];
  for (let at = value; isList(at); at = at[0]) shape.push(at.length);
  const leaves: Json[] = [];
  const walk = (one: Json | undefined, depth: number): void => {
    if (depth === shape.length) {
      if (one === undefined || isList(one)) throw badAnswer(field, "ragged lists", `the shape [${shape}]`);
      leaves.push(one);
      return;
    }
    if (!isList(one) || one.length !== shape[depth]) {
      throw badAnswer(field, "ragged lists", `the shape [${shape}]`);
    }
    for (const item of one) walk(item, depth + 1);
  };
  if (value === undefined) throw badAnswer(field, "nothing", "values");
  walk(value, 0);
  return { shape, leaves };
}

function bytesOf(leaf: Json, field: string): string | Uint8Array {
  if (typeof leaf === "string") return leaf;
  if (typeof leaf === "object" && leaf !== null && "b64" in leaf && typeof leaf["b64"] === "string") {
    return Buffer.from(leaf["b64"], "base64");
  }
  throw badAnswer(field, kindOf(leaf), "a text");
}

type ToNumber = (value: Json) => number | bigint | undefined;

const whole =
  (bits: number, isSigned: boolean): ToNumber =>
  (value) => {
    const least = isSigned ? -(2 ** (bits - 1)) : 0;
    const most = 2 ** (isSigned ? bits - 1 : bits) - 1;
    if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
    return value >= least && value <= most ? value : undefined;
  };

const long =
  (isSigned: boolean): ToNumber =>
  (value) => {
    const isWhole = typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
    if (!isWhole) return undefined;
    const big = BigInt(value);
    return (isSigned ? BigInt.asIntN(64, big) : BigInt.asUintN(64, big)) === big ? big : undefined;
  };

const float: ToNumber = (value) => {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
};

const packed =
  (pack: (value: number) => number): ToNumber =>
  (value) => {
    const number = float(value);
    return number === undefined ? undefined : pack(Number(number));
  };

const NUMBER_OF: Record<NumericDType, ToNumber> = {
  BOOL: (value) => (typeof value === "boolean" ? Number(value) : whole(1, false)(value)),
  UINT8: whole(8, false),
  UINT16: whole(16, false),
  UINT32: whole(32, false),
  UINT64: long(false),
  INT8: whole(8, true),
  INT16: whole(16, true),
  INT32: whole(32, true),
  INT64: long(true),
  FP16: packed(toHalf),
  BF16: packed(toBrain),
  FP32: float,
  FP64: float,
};

/** @throws PlatformError `internal` naming the output if a shape is not that of the signature, or has other rows. */
export function checkShape(spec: TensorSpec, shape: readonly number[], rows: number, field: string): void {
  if (fits(spec.shape, shape) && (spec.batchAxis === null || shape[0] === rows)) return;
  const expected = `[${spec.shape}]${spec.batchAxis === 0 ? ` with ${rows} rows` : ""}`;
  throw badAnswer(field, `the shape [${shape}]`, expected);
}
