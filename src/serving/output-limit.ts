import { PlatformError } from "../base/index.ts";
import type { Signature, TensorSpec } from "../model/index.ts";
import { byteLength, elementBytes, type Tensors } from "../tensor/index.ts";

/**
 * The bytes that a run will give at the least, as far as the signature and the sizes of the inputs
 * tell them: a free size that they do not tell counts as 1, a text as nothing.
 */
export function leastOutputBytes(
  { inputs: specs, outputs }: Signature,
  inputs: Tensors,
  { rows, wanted }: { readonly rows: number; readonly wanted: readonly string[] | undefined },
): number {
  let bytes = 0;
  let sizes: ReadonlyMap<string, number> | undefined; // Rarely needed, so made when it is.
  const sizeOf = (symbol: string | undefined) => {
    sizes ??= sizesBySymbol(specs, inputs);
    return sizes.get(symbol ?? "") ?? 1;
  };
  for (const spec of outputs) {
    if (spec.dtype === "BYTES" || (wanted && !wanted.includes(spec.name))) continue;
    bytes += leastElements(spec, rows, sizeOf) * elementBytes(spec.dtype);
  }
  return bytes;
}

function leastElements(
  { shape, batchAxis, symbols }: TensorSpec,
  rows: number,
  sizeOf: (symbol: string | undefined) => number,
): number {
  let elements = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis] ?? 1;
    if (size >= 0) elements *= size;
    else elements *= axis === 0 && batchAxis === 0 ? rows : sizeOf(symbols?.[axis]);
  }
  return elements;
}

/** @throws PlatformError `too_large` if the answer is, or must become, larger than allowed. */
export function checkOutputBytes(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  const [got, expected] = [`${bytes} bytes`, `at most ${maxBytes} bytes`];
  throw new PlatformError("too_large", `the answer has ${got}, expected ${expected}`, {
    field: "outputs",
    got,
    expected,
    hint: "send fewer rows per request, name the outputs you need, or raise scheduler.maxOutputBytes",
  });
}

/** Bytes of tensors together. */
export function bytesOf(tensors: Tensors): number {
  let bytes = 0;
  for (const tensor of tensors.values()) bytes += byteLength(tensor);
  return bytes;
}

/** What the inputs at hand say about free sizes with a name. */
function sizesBySymbol(specs: readonly TensorSpec[], inputs: Tensors): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, symbols } of specs) {
    const shape = inputs.get(name)?.shape;
    for (const [axis, symbol] of (symbols ?? []).entries()) {
      const size = shape?.[axis];
      if (symbol !== undefined && size !== undefined) sizes.set(symbol, size);
    }
  }
  return sizes;
}
