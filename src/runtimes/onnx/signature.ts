import { PlatformError } from "../../base/index.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";
import type { GraphPort } from "./graph-port.ts";

/**
 * What the engine says of a graph, as a signature. Axis 0 is the batch axis of a tensor where its
 * size is free.
 *
 * @throws PlatformError `failed_precondition` for an input or output that no wire can carry.
 */
export function signatureOf(ports: {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
}): Signature {
  return {
    inputs: ports.inputs.map((port) => specOf(port, "input")),
    outputs: ports.outputs.map((port) => specOf(port, "output")),
  };
}

function specOf({ name, dtype, shape, symbols }: GraphPort, side: string): TensorSpec {
  if (!dtype) {
    throw new PlatformError(
      "failed_precondition",
      `${side} "${name}" is not a tensor of a type that Sirve serves`,
      {
        field: name,
        expected: "a tensor of BOOL, UINT8 to UINT64, INT8 to INT64, FP16, BF16, FP32, FP64 or BYTES",
      },
    );
  }
  return { name, dtype, shape, symbols, batchAxis: shape[0] === -1 ? 0 : null };
}
