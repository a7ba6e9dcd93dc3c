import { type Signature, unknownOutput } from "../model/index.ts";
import { concatRows, type Tensors } from "../tensor/index.ts";
import type { Run, RunOptions } from "./contract.ts";

/** The parts of a batch as one: the same tensors where it is one part. */
export function joinedParts(parts: readonly Tensors[]): Tensors {
  const [first = new Map() as Tensors, ...others] = parts;
  if (others.length === 0) return first;
  const names = [...first.keys()];
  return new Map(names.map((name) => [name, concatRows(parts.map((part) => part.get(name) as never))]));
}

/** The outputs that were asked for. */
export function chosenOutputs(outputs: Tensors, wanted: readonly string[] | undefined): Tensors {
  return wanted ? new Map([...outputs].filter(([name]) => wanted.includes(name))) : outputs;
}

/** A run that asks for an output which the session does not have, as it fails; undefined: it may be made. */
export function refusedRun(signature: Signature, { outputs }: RunOptions): Run | undefined {
  const unknown = outputs?.find((name) => !signature.outputs.some((spec) => spec.name === name));
  if (unknown === undefined) return undefined;
  return { done: Promise.reject(unknownOutput(unknown, signature)), terminate: () => {} };
}
