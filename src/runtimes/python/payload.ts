import { PlatformError } from "../../base/index.ts";
import { fits, type Signature, type TensorSpec } from "../../model/index.ts";
import { decodeRaw, encodeRaw, type Tensors } from "../../tensor/index.ts";
import type { Described } from "./reply.ts";

/** Tensors begin at multiples of it, so that numbers can be looked at where they lie. */
const ALIGNMENT = 8;

const PADDING = Array.from({ length: ALIGNMENT }, (_, size) => new Uint8Array(size));

const padding = (bytes: number) => (ALIGNMENT - (bytes % ALIGNMENT)) % ALIGNMENT;

/** Tensors as a frame carries them. */
export interface Packed {
  readonly described: readonly Described[];
  /** Views of the tensors' own memory, and what lies between. */
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
}

/** Tensors as raw little-endian bytes, one after the other. */
export function pack(tensors: Tensors): Packed {
  const described: Described[] = [];
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (const [name, tensor] of tensors) {
    const raw = encodeRaw(tensor);
    const gap = padding(raw.length);
    described.push({ name, dtype: tensor.dtype, shape: [...tensor.shape], bytes: raw.length });
    parts.push(raw, PADDING[gap] as Uint8Array);
    bytes += raw.length + gap;
  }
  return { described, parts, bytes };
}

/**
 * The outputs in a payload, which are views of it.
 *
 * @throws PlatformError `internal` if they are not what the handler declares.
 */
export function unpack(
  described: readonly Described[],
  payload: Uint8Array,
  { outputs }: Signature,
  rows: number,
): Tensors {
  const found = new Map<string, { one: Described; at: number }>();
  let at = 0;
  for (const one of described) {
    found.set(one.name, { one, at });
    at += one.bytes + padding(one.bytes);
  }
  return new Map(
    outputs.map((spec) => {
      const place = found.get(spec.name);
      if (!place) throw broken(spec, "nothing", "a tensor");
      checkDescribed(place.one, spec, rows);
      return [spec.name, decoded(place.one, payload.subarray(place.at, place.at + place.one.bytes), spec)];
    }),
  );
}

function checkDescribed({ dtype, shape }: Described, spec: TensorSpec, rows: number): void {
  if (dtype !== spec.dtype) throw broken(spec, dtype, spec.dtype);
  if (!fits(spec.shape, shape) || (spec.batchAxis === 0 && shape[0] !== rows)) {
    throw broken(spec, `the shape [${shape}]`, `[${spec.shape}] with ${rows} rows`);
  }
}

function decoded({ dtype, shape }: Described, bytes: Uint8Array, spec: TensorSpec) {
  try {
    return decodeRaw(dtype, shape, bytes);
  } catch (thrown) {
    throw broken(spec, PlatformError.from(thrown).message, "as many values as its shape says");
  }
}

function broken({ name }: TensorSpec, got: string, expected: string): PlatformError {
  return new PlatformError("internal", `the handler answered ${got} as "${name}", expected ${expected}`, {
    field: name,
  });
}
