import { type Signature, type TensorSpec, unknownOutput } from "../model/index.ts";
import { byteLength, elementBytes, elementCount, type Tensors } from "../tensor/index.ts";

/** Equal for two requests that can share a batch; see {@link createShapeKey}. */
export type ShapeKey = (inputs: Tensors, outputs: readonly string[] | undefined) => string;

/**
 * The shape key of a version's requests: the sizes that its signature leaves free beyond axis 0,
 * which optional inputs are there, and which outputs are wanted. "" for every request of a
 * version that leaves nothing free, which costs nothing to find. Where requests are not joined,
 * only the outputs count.
 *
 * @throws PlatformError (by the key) `invalid_argument` for an output that the model does not have.
 */
export function createShapeKey(signature: Signature, joins: boolean): ShapeKey {
  const inputs = joins ? signature.inputs : [];
  const varying = inputs.filter((spec) => spec.optional || freeRowAxes(spec).length > 0);
  const inputsKey = (tensors: Tensors) => varying.map((spec) => sizesKey(spec, tensors)).join(";");
  return (tensors, outputs) => {
    const key = varying.length === 0 ? "" : inputsKey(tensors);
    return outputs ? `${key}|${outputsKey(signature, outputs)}` : key;
  };
}

function sizesKey(spec: TensorSpec, inputs: Tensors): string {
  const tensor = inputs.get(spec.name);
  return tensor ? tensor.shape.slice(1).join() : "-";
}

/** Positions of the wanted outputs in the signature, ascending: names may hold any character. */
function outputsKey(signature: Signature, outputs: readonly string[]): string {
  const positions = outputs.map((name) => {
    const position = signature.outputs.findIndex((spec) => spec.name === name);
    if (position < 0) throw unknownOutput(name, signature);
    return position;
  });
  return [...new Set(positions)].toSorted((a, b) => a - b).join();
}

/** Axes beyond the first that a spec leaves free. */
export function freeRowAxes(spec: TensorSpec): number[] {
  return spec.shape.flatMap((size, axis) => (axis > 0 && size < 0 ? [axis] : []));
}

/** Bytes of a request's inputs; a product where the signature fixes the bytes of a row. */
export function createInputBytes(signature: Signature): (inputs: Tensors, rows: number) => number {
  const rowBytes = signature.inputs.reduce((sum, spec) => sum + fixedRowBytes(spec), 0);
  if (!Number.isNaN(rowBytes)) return (_inputs, rows) => rows * rowBytes;
  return (inputs) => {
    let bytes = 0;
    for (const tensor of inputs.values()) bytes += byteLength(tensor);
    return bytes;
  };
}

/** NaN where it depends on the request. */
function fixedRowBytes(spec: TensorSpec): number {
  const varies = spec.optional || spec.batchAxis === null || spec.dtype === "BYTES";
  if (varies || freeRowAxes(spec).length > 0) return Number.NaN;
  return elementBytes(spec.dtype) * elementCount(spec.shape.slice(1));
}
