import { PlatformError } from "../base/index.ts";
import { type Json, type Signature, type TensorSpec } from "../model/index.ts";
import { type DType, elementCount, type Tensor, type Tensors } from "../tensor/index.ts";
import { elementWriter, expectationFor, numericTensor, shorten, showValue, textTensor } from "./element.ts";

/** No model takes tensors of more axes; deeper arrays are refused before they are walked. */
const MAX_RANK = 32;

/**
 * Tensors of nested arrays by input name, or of `{ shape, data }` with flat data.
 *
 * @throws PlatformError `invalid_argument` naming the input, the place in it, and what was expected.
 */
export function decodeArrays(signature: Signature, arrays: ReadonlyMap<string, Json>): Tensors {
  const inputs = new Map<string, Tensor>();
  for (const [name, value] of arrays) {
    const spec = signature.inputs.find((input) => input.name === name);
    if (!spec) throw unknownInput(name, signature);
    inputs.set(name, decodeInput(spec, value));
  }
  return inputs;
}

function decodeInput(spec: TensorSpec, value: Json): Tensor {
  const field = `input "${shorten(spec.name)}"`;
  if (!isShaped(value)) {
    const shape = nestedShape(value, spec.shape.length);
    return fillNested(value, spec.dtype, shape, field);
  }
  const { datatype } = value;
  if (datatype !== undefined && datatype !== spec.dtype) {
    throw wrong(
      field,
      `has datatype ${showValue(datatype)}, expected ${spec.dtype}`,
      showValue(datatype),
      spec.dtype,
    );
  }
  const shape = readShape(value["shape"], field);
  const { data } = value;
  const flat = Array.isArray(data) && !data.some(Array.isArray) ? (data as readonly Json[]) : undefined;
  if (!flat) return fillNested(data ?? null, spec.dtype, shape, field);
  if (flat.length !== elementCount(shape)) {
    throw wrong(field, `has ${flat.length} elements, shape [${shape}] holds ${elementCount(shape)}`);
  }
  return { ...fillNested(flat, spec.dtype, [flat.length], field), shape };
}

function isShaped(value: Json): value is { readonly [name: string]: Json } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    "data" in value &&
    "shape" in value
  );
}

function readShape(value: Json | undefined, field: string): number[] {
  const isShape =
    Array.isArray(value) &&
    value.length <= MAX_RANK &&
    value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
  if (!isShape) throw wrong(field, `has shape ${showValue(value)}, expected an array of sizes`);
  const shape = value as number[];
  if (!Number.isSafeInteger(elementCount(shape))) throw wrong(field, `has a shape too large: [${shape}]`);
  return shape;
}

/**
 * The shape of nested arrays, read along their first elements, `rank` axes at the most. Whether
 * all others have it too is seen when they are filled in.
 */
export function nestedShape(value: Json, rank: number): number[] {
  const shape: number[] = [];
  let level: Json | undefined = value;
  while (Array.isArray(level) && shape.length < Math.min(rank + 1, MAX_RANK)) {
    shape.push(level.length);
    level = level[0] as Json | undefined;
  }
  while (shape.length < rank && shape.at(-1) === 0) shape.push(0); // [] of any rank has no elements.
  return shape;
}

/**
 * A tensor of exactly this shape from nested arrays.
 *
 * @throws PlatformError `invalid_argument` where an array has another length or an element another type.
 */
export function fillNested(value: Json, dtype: DType, shape: readonly number[], field: string): Tensor {
  const filling = { dtype, shape, field, at: 0, path: [] as number[] };
  if (dtype === "BYTES") {
    const texts: string[] = [];
    visit(value, 0, filling, (element) => typeof element === "string" && texts.push(element) > 0);
    return textTensor(shape, texts);
  }
  const tensor = numericTensor(dtype, shape, countLeaves(value, shape));
  const write = elementWriter(dtype);
  visit(value, 0, filling, (element, at) => write(tensor.data, at, element));
  return tensor;
}

/** Elements that a shape holds; 0 unless the value really is an array, so that no shape allocates for nothing. */
function countLeaves(value: Json, shape: readonly number[]): number {
  return shape.length === 0 || Array.isArray(value) ? elementCount(shape) : 0;
}

interface Filling {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly field: string;
  at: number;
  readonly path: number[];
}

type TakeElement = (element: Json, at: number) => boolean;

function visit(value: Json, axis: number, filling: Filling, take: TakeElement): void {
  const { shape, path } = filling;
  if (axis === shape.length) {
    if (!take(value, filling.at)) throw wrongElement(value, filling);
    filling.at += 1;
    return;
  }
  const size = shape[axis] ?? 0;
  if (!Array.isArray(value) || value.length !== size) throw ragged(value, size, filling);
  const isLast = axis === shape.length - 1;
  for (let i = 0; i < size; i++) {
    path[axis] = i;
    if (!isLast) visit(value[i] as Json, axis + 1, filling, take);
    else if (take(value[i] as Json, filling.at)) filling.at += 1;
    else throw wrongElement(value[i] as Json, filling);
  }
  path.length = axis;
}

function ragged(value: Json, size: number, { field, path, shape }: Filling): PlatformError {
  const where = path.length > 0 ? `${field}[${path.join("][")}]` : field;
  const got = Array.isArray(value) ? `an array of ${value.length}` : showValue(value);
  return wrong(
    where,
    `is ${got}, expected an array of ${size} (shape [${shape}])`,
    got,
    `an array of ${size}`,
  );
}

function wrongElement(value: Json, { field, path, dtype }: Filling): PlatformError {
  const [got, expected] = [showValue(value), expectationFor(dtype, value)];
  const where = path.length > 0 ? `${field}[${path.join("][")}]` : field;
  return wrong(where, `got ${got}, expected ${expected}`, got, expected);
}

function wrong(where: string, problem: string, got?: string, expected?: string): PlatformError {
  return new PlatformError("invalid_argument", `${where}: ${problem}`, {
    field: where,
    ...(got !== undefined && { got }),
    ...(expected !== undefined && { expected }),
  });
}

function unknownInput(name: string, signature: Signature): PlatformError {
  const expected = signature.inputs.map((spec) => spec.name).join(", ");
  return new PlatformError(
    "invalid_argument",
    `input "${shorten(name)}" is not of this model, expected ${expected}`,
    {
      field: "inputs",
      got: shorten(name),
      expected,
    },
  );
}
