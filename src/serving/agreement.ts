import type { Json, PredictResponse } from "../model/index.ts";
import { fromBrain, fromHalf, Strings, type Tensor, type Tensors } from "../tensor/index.ts";

/** How two answers to one request compare, output by output. */
export interface Comparison {
  readonly agrees: boolean;
  readonly largestDifference: number;
  readonly outputs: readonly {
    readonly name: string;
    readonly agrees: boolean;
    readonly largestDifference: number;
  }[];
}

/** What of an answer is compared. */
export type Compared = Pick<PredictResponse, "outputs" | "predictions">;

/**
 * Compares two answers: what people read where both have it, since versions may call their outputs
 * differently, else the outputs.
 */
export function compareAnswers(ours: Compared, theirs: Compared, tolerance: number): Comparison {
  if (!ours.predictions || !theirs.predictions)
    return compareOutputs(ours.outputs, theirs.outputs, tolerance);
  const found = { agrees: true, largestDifference: 0 };
  compareJson(ours.predictions, theirs.predictions, tolerance, found);
  return { ...found, outputs: [{ name: "predictions", ...found }] };
}

/** Walks both values; the depth is that of predictions, which are made here. */
function compareJson(
  a: Json,
  b: Json,
  tolerance: number,
  found: { agrees: boolean; largestDifference: number },
): void {
  if (a === b) return;
  if (typeof a === "number" && typeof b === "number") {
    const difference = Math.abs(a - b);
    if (!(difference <= tolerance * Math.max(1, Math.abs(a), Math.abs(b)))) found.agrees = false;
    found.largestDifference = Math.max(found.largestDifference, difference);
    return;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    found.agrees = false;
    return;
  }
  const [left, right] = [a, b] as Readonly<Record<string, Json>>[];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    compareJson(left?.[key] ?? null, right?.[key] ?? null, tolerance, found);
  }
}

/**
 * Compares the outputs of two versions: texts, booleans and shapes must be equal, numbers within `tolerance`
 * absolutely or relatively. NaN equals NaN. An output that one of them lacks disagrees.
 */
export function compareOutputs(ours: Tensors, theirs: Tensors, tolerance: number): Comparison {
  const names = new Set([...ours.keys(), ...theirs.keys()]);
  const outputs = [...names].map((name) => {
    return { name, ...compareTensors(ours.get(name), theirs.get(name), tolerance) };
  });
  return {
    agrees: outputs.every(({ agrees }) => agrees),
    largestDifference: outputs.reduce((most, one) => Math.max(most, one.largestDifference), 0),
    outputs,
  };
}

const APART = { agrees: false, largestDifference: 0 };

function compareTensors(a: Tensor | undefined, b: Tensor | undefined, tolerance: number) {
  if (!a || !b || a.dtype !== b.dtype || a.data.length !== b.data.length) return APART;
  if (a.shape.length !== b.shape.length || a.shape.some((size, axis) => size !== b.shape[axis])) return APART;
  const [readA, readB] = [readerOf(a), readerOf(b)];
  let agrees = true;
  let largestDifference = 0;
  for (let i = 0; i < a.data.length; i++) {
    const [left, right] = [readA(i), readB(i)];
    if (left === right) continue;
    if (typeof left === "string" || typeof right === "string") {
      agrees = false;
      continue;
    }
    const [x, y] = [Number(left), Number(right)];
    if (Number.isNaN(x) && Number.isNaN(y)) continue;
    const difference = Math.abs(x - y);
    const isNear = difference <= tolerance * Math.max(1, Math.abs(x), Math.abs(y));
    if (!isNear || !Number.isFinite(difference)) agrees = false;
    if (Number.isFinite(difference)) largestDifference = Math.max(largestDifference, difference);
  }
  return { agrees, largestDifference };
}

/** How the elements of a tensor are read as values that compare. */
function readerOf({ data, dtype }: Tensor): (index: number) => string | number | bigint {
  if (data instanceof Strings) return (index) => data.at(index);
  if (dtype === "FP16") return (index) => fromHalf(Number(data[index]));
  if (dtype === "BF16") return (index) => fromBrain(Number(data[index]));
  return (index) => data[index] ?? 0;
}
