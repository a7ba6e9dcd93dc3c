import type { Difference } from "../../admin/index.ts";
import type { Signature, TensorSpec } from "../../model/index.ts";

/**
 * What differs between two signatures, and what of it clients of the first would notice: a tensor that is
 * gone or of another type, a new input that is required, a shape that takes or gives something else.
 */
export function signatureDifferences(from: Signature, to: Signature): Difference[] {
  return [
    ...sideDifferences("inputs", from.inputs, to.inputs),
    ...sideDifferences("outputs", from.outputs, to.outputs),
  ];
}

type Side = "inputs" | "outputs";

function sideDifferences(side: Side, from: readonly TensorSpec[], to: readonly TensorSpec[]): Difference[] {
  const names = new Set([...from, ...to].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [before, after] = [from, to].map((specs) => specs.find((spec) => spec.name === name));
    return tensorDifferences(side, name, before, after);
  });
}

function tensorDifferences(
  side: Side,
  name: string,
  before: TensorSpec | undefined,
  after: TensorSpec | undefined,
): Difference[] {
  const field = `${side}.${name}`;
  if (!before || !after) {
    const isNewAndNeeded = side === "inputs" && after !== undefined && !after.optional;
    return [{ field, from: shown(before), to: shown(after), breaks: after === undefined || isNewAndNeeded }];
  }
  return [
    ...dtypeDifference(field, before, after),
    ...shapeDifference(field, side, before, after),
    ...axisDifference(field, side, before, after),
    ...(side === "inputs" && before.optional && !after.optional
      ? [{ field: `${field}.optional`, from: true, to: false, breaks: true }]
      : []),
    ...labelDifference(field, side, before, after),
  ];
}

function dtypeDifference(
  field: string,
  { dtype: from }: TensorSpec,
  { dtype: to }: TensorSpec,
): Difference[] {
  return from === to ? [] : [{ field: `${field}.dtype`, from, to, breaks: true }];
}

function shapeDifference(field: string, side: Side, before: TensorSpec, after: TensorSpec): Difference[] {
  if (isSame(before.shape, after.shape)) return [];
  const breaks = side === "inputs" ? !takes(after.shape, before.shape) : !takes(before.shape, after.shape);
  return [{ field: `${field}.shape`, from: [...before.shape], to: [...after.shape], breaks }];
}

function axisDifference(field: string, side: Side, before: TensorSpec, after: TensorSpec): Difference[] {
  if (before.batchAxis === after.batchAxis) return [];
  const breaks = side === "inputs" && before.batchAxis === 0 && after.shape[0] !== -1;
  return [{ field: `${field}.batchAxis`, from: before.batchAxis, to: after.batchAxis, breaks }];
}

function labelDifference(
  field: string,
  side: Side,
  { labels: from = [] }: TensorSpec,
  { labels: to = [] }: TensorSpec,
): Difference[] {
  if (isSame(from, to)) return [];
  return [{ field: `${field}.labels`, from: [...from], to: [...to], breaks: side === "outputs" }];
}

const shown = (spec: TensorSpec | undefined) => (spec ? `${spec.dtype} [${spec.shape}]` : null);

const isSame = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** Whether every shape that `narrow` allows is one that `wide` allows; -1 is any size. */
function takes(wide: readonly number[], narrow: readonly number[]): boolean {
  return wide.length === narrow.length && wide.every((size, axis) => size === -1 || size === narrow[axis]);
}
