import { concatRows, rowKey, type Tensor, type Tensors } from "../tensor/index.ts";

/**
 * The outputs of several runs as one: each joined row by row. Outputs whose row shapes differ from
 * run to run (texts of unequal length) cannot be joined and are left out.
 */
export function joinOutputs(runs: readonly Tensors[]): Tensors {
  const [first] = runs;
  if (!first || runs.length === 1) return first ?? new Map();
  const joined = new Map<string, Tensor>();
  for (const [name, tensor] of first) {
    const parts = runs.map((outputs) => outputs.get(name));
    if (!parts.every((part) => part && part.shape.length > 0 && rowKey(part) === rowKey(tensor))) continue;
    joined.set(name, concatRows(parts as Tensor[]));
  }
  return joined;
}
