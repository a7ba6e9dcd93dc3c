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

/** @throws PlatformError `failed_precondition` naming what is wrong in the handler. */
export function signatureOf({
  inputs,
  outputs,
}: {
  readonly inputs: Specs;
  readonly outputs: Specs;
}): Signature {
  return { inputs: specsOf(inputs, "inputs"), outputs: specsOf(outputs, "outputs") };
}

function specsOf(specs: Specs, where: string): TensorSpec[] {
  const names = Object.keys(specs);
  if (names.length === 0) throw wrong(where, "nothing", "at least one tensor");
  return names.map((name) => {
    const { dtype, shape } = specs[name] as HandlerSpec;
    if (typeof dtype !== "string" || !isDType(dtype))
      throw wrong(`${where}.${name}.dtype`, String(dtype), "such as FP32 or BYTES");
    const isShape =
      Array.isArray(shape) &&
      shape.length <= MAX_RANK &&
      shape.every((size) => Number.isInteger(size) && size >= -1);
    if (!isShape)
      throw wrong(`${where}.${name}.shape`, JSON.stringify(shape) ?? "nothing", "sizes, -1 for any");
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
  { outputs }: Signature,
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
  const sizes = Array.isArray(given.shape) ? (given.shape as number[]) : [];
  const fits =
    sizes.length === shape.length &&
    sizes.every((size, i) => Number.isInteger(size) && (shape[i] === -1 || shape[i] === size));
  if (!fits || (batchAxis === 0 && sizes[0] !== rows)) {
    throw broken(name, `the shape [${sizes.join()}]`, `[${shape.join()}] with ${rows} rows`);
  }
  const { data } = given;
  const count = elementCount(sizes);
  if (data.length !== count) throw broken(name, `${data.length} values`, `${count}`);
  if (dtype === "BYTES") {
    if (!Array.isArray(data)) throw broken(name, "numbers", "texts");
    return { dtype, shape: sizes, data: Strings.from(data.map(String)) };
  }
  const kind = createStorage(dtype, 0).constructor;
  if (data.constructor !== kind) throw broken(name, data.constructor.name, kind.name);
  return { dtype, shape: sizes, data: data as never };
}

function broken(name: string, got: string, expected: string): PlatformError {
  return new PlatformError("internal", `the handler answered ${got} as "${name}", expected ${expected}`, {
    field: name,
  });
}
