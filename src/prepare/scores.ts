import type { Signature, TensorSpec } from "../model/index.ts";
import { fromBrain, fromHalf, isFloat, type Tensor } from "../tensor/index.ts";
import { stepError } from "./parameters.ts";

/** Element `index` of a float tensor as a number. */
export function scoreAt({ data, dtype }: Tensor, index: number): number {
  const value = (data as Float32Array)[index] ?? 0;
  if (dtype === "FP16") return fromHalf(value);
  return dtype === "BF16" ? fromBrain(value) : value;
}

/**
 * The output that a step reads: the named one, or the only one of floats.
 *
 * @throws PlatformError `invalid_argument` if there is none, or more than one and no name.
 */
export function scoreOutput(signature: Signature, step: string, name: string | undefined): TensorSpec {
  const floats = signature.outputs.filter((spec) => isFloat(spec.dtype));
  const spec = name === undefined ? floats[0] : floats.find((output) => output.name === name);
  if (spec && (name !== undefined || floats.length === 1)) return spec;
  const known = signature.outputs.map((output) => `${output.name} ${output.dtype}`).join(", ");
  throw stepError(
    step,
    `parameter output: expected the name of a float output, got ${name ?? "none"}; outputs: ${known}`,
  );
}
