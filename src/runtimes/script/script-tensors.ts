import { PlatformError } from "../../base/index.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";
import {
  createStorage,
  elementCount,
  isDType,
  Strings,
  type Tensor,
  type Tensors,
} from "../../tensor/index.ts";
import type { HandlerSpec, HandlerTensor } from "./handler.ts";

const MAX_RANK = 32;

type Specs = Readonly<Record<string, HandlerSpec>>;

/** What a handler declares. @throws PlatformError as {@link specsOf}. */
export function signatureOf({
  inputs,
  outputs,
}: {
  readonly inputs: Specs;
  readonly outputs: Specs;
}): Signature {
  return { inputs: specsOf(inputs, "inputs"), outputs: specsOf(outputs, "outputs") };
}

/** @throws PlatformError `failed_precondition` naming what is wrong in the handler. */
export function specsOf(specs: Specs, where: string): TensorSpec[] {
  const names = Object.keys(specs);
  if (names.length === 0) throw wrong(where, "nothing", "at least one tensor");
  return names.map((name) => {
    const { dtype, shape } = specs[name] as HandlerSpec;
    if (typeof dtype !== "string" || !isDType(dtype)) {
      throw wrong(`${where}.${name}.dtype`, String(dtype), "such as FP32 or BYTES");
    }
    const isShape =
      Array.isArray(shape) &&
      shape.length <= MAX_RANK &&
      shape.every((size) => Number.isInteger(size) && size >= -1);
    if (!isShape) {
      throw wrong(`${where}.${name}.shape`, JSON.stringify(shape) ?? "nothing", "sizes, -1 for any");
    }
    return { name, dtype, shape, batchAxis: shape[0] === -1 ? 0 : null };
  });
}

function wrong(field: string, got: string, expected: string): PlatformError {
  const shown = got.slice(0, 100);
  return new PlatformError(
    "failed_precondition",
    `the handler's ${field} is ${shown}, expected ${expected}`,
    {
      field,
      got: shown,
      expected,
    },
  );
}

/** Tensors as a handler takes them. */
export function toHandler(tensors: Tensors): Record<string, HandlerTensor> {
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const values = data instanceof Strings ? data.toArray() : data;
    return [name, { shape, data: values }] as const;
  });
  return Object.fromEntries(entries);
}

/** @throws PlatformError `internal` if a handler answers something else than it declares. */
export function fromHandler(
  answer: Readonly<Record<string, HandlerTensor>>,
  { outputs }: Pick<Signature, "outputs">,
  rows: number,
): Tensors {
  return new Map(outputs.map((spec) => [spec.name, tensorOf(answer[spec.name], spec, rows)]));
}

function tensorOf(
  given: HandlerTensor | undefined,
  { name, dtype, shape, batchAxis }: TensorSpec,
  rows: number,
): Tensor {
  if (!given) throw broken(name, "nothing", "a tensor");
  const sizes: unknown = given.shape;
  if (!Array.isArray(sizes) || !fits(sizes, shape) || (batchAxis === 0 && sizes[0] !== rows)) {
    throw broken(
      name,
      `the shape ${JSON.stringify(sizes) ?? "nothing"}`,
      `[${shape.join()}] with ${rows} rows`,
    );
  }
  const data = valuesOf(given, { name, dtype }, elementCount(sizes));
  return { dtype, shape: sizes, data };
}

const fits = (sizes: readonly unknown[], shape: readonly number[]): sizes is readonly number[] =>
  sizes.length === shape.length &&
  sizes.every((size, i) => Number.isInteger(size) && (shape[i] === -1 || shape[i] === size));

/** The storage of the dtype that was declared. */
function valuesOf(
  { data }: HandlerTensor,
  { name, dtype }: Pick<TensorSpec, "name" | "dtype">,
  count: number,
): Tensor["data"] {
  const isText = dtype === "BYTES";
  const isKind = isText ? Array.isArray(data) : data?.constructor === createStorage(dtype, 0).constructor;
  if (!isKind) {
    throw broken(
      name,
      `values of ${kindOf(data)}`,
      isText ? "a list of texts" : createStorage(dtype, 0).constructor.name,
    );
  }
  if (data.length !== count) throw broken(name, `${data.length} values`, `${count}`);
  return isText ? Strings.from((data as readonly string[]).map(String)) : (data as never);
}

const kindOf = (data: unknown) =>
  typeof data === "object" && data !== null ? data.constructor.name : typeof data;

function broken(name: string, got: string, expected: string): PlatformError {
  return new PlatformError("internal", `the handler answered ${got} as "${name}", expected ${expected}`, {
    field: name,
  });
}
