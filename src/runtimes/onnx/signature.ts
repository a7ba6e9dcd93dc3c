import { PlatformError } from "../../base/index.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";
import type { GraphPort, GraphPorts } from "./graph-port.ts";

/**
 * A file's signature as the engine confirms it: names and types must agree. The engine infers
 * sizes of outputs that the file leaves free.
 *
 * @throws PlatformError `failed_precondition` where the two differ.
 */
export function confirmSignature(file: Signature, { inputs, outputs }: GraphPorts): Signature {
  return {
    inputs: file.inputs.map((spec) => confirm(spec, inputs, "input")),
    outputs: file.outputs.map((spec) => inferred(confirm(spec, outputs, "output"), outputs)),
  };
}

/** The engine's port of a spec. @throws RangeError if it has none. */
export function portOf({ name }: TensorSpec, ports: readonly GraphPort[]): GraphPort {
  const port = ports.find((candidate) => candidate.name === name);
  if (!port) throw new RangeError(`the engine has no "${name}"`);
  return port;
}

function confirm(spec: TensorSpec, ports: readonly GraphPort[], side: string): TensorSpec {
  const port = ports.find(({ name }) => name === spec.name);
  if (port?.dtype === spec.dtype) return spec;
  const got = port ? (port.dtype ?? "not a tensor") : "missing";
  throw new PlatformError(
    "failed_precondition",
    `${side} "${spec.name}" is ${got} to the engine, expected ${spec.dtype}`,
    {
      field: spec.name,
      got,
      expected: spec.dtype,
    },
  );
}

function inferred(spec: TensorSpec, ports: readonly GraphPort[]): TensorSpec {
  const { shape, symbols } = portOf(spec, ports);
  if (shape.length === spec.shape.length) {
    return { ...spec, shape: spec.shape.map((size, axis) => (size === -1 ? (shape[axis] ?? -1) : size)) };
  }
  // One free axis without a name stands for an output of unknown rank.
  const isUnknown = spec.shape.length === 1 && spec.shape[0] === -1 && !spec.symbols;
  if (!isUnknown || shape.length === 0) return spec;
  return { ...spec, shape, symbols, batchAxis: shape[0] === -1 ? 0 : null };
}
