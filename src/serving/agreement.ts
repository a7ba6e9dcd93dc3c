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
  if (!ours.predictions || !theirs.predictions) {
    return compareOutputs(ours.outputs, theirs.outputs, tolerance);
  }
  const found = { agrees: true, largestDifference: 0 };
  compareJson(ours.predictions, theirs.predictions, tolerance, found);
  return { ...found, outputs: [{ name: "predictions", ...found }] };
}

interface Found {
  agrees: boolean;
  largestDifference: number;
}

/** Walks both values; the depth is that of predictions, which are made here. */
function compareJson(a: Json, b: Json, tolerance: number, found: Found): void {
  if (a === b) return;
  if (typeof a === "number" && typeof b === "number") {
    compareNumbers(a, b, tolerance, found);
  } else if (isTree(a) && isTree(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compareJson(a[key] ?? null, b[key] ?? null, tolerance, found);
    }
  } else found.agrees = false;
}

/** An object or array, whose items have keys alike. */
const isTree = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null;

/** NaN equals NaN, an infinity itself; else the difference counts against the larger of both and 1. */
function compareNumbers(a: number, b: number, tolerance: number, found: Found): void {
  if (Object.is(a, b) || a === b) return;
  const difference = Math.abs(a - b);
  const isNear = difference <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
  if (!isNear || !Number.isFinite(difference)) found.agrees = false;
  if (Number.isFinite(difference)) found.largestDifference = Math.max(found.largestDifference, difference);
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

function compareTensors(a: Tensor | undefined, b: Tensor | undefined, tolerance: number): Found {
  if (!a || !b || a.dtype !== b.dtype || !isSameShape(a.shape, b.shape)) return APART;
  const [readA, readB] = [readerOf(a), readerOf(b)];
  const found = { agrees: true, largestDifference: 0 };
  for (let i = 0; i < a.data.length; i++) {
    const [left, right] = [readA(i), readB(i)];
    if (left === right) continue;
    if (typeof left === "bigint" && typeof right === "bigint") {
      compareLongs(left, right, tolerance, found);
    } else if (typeof left === "string" || typeof right === "string") found.agrees = false;
    else compareNumbers(Number(left), Number(right), tolerance, found);
  }
  return found;
}

/** Integers of 64 bits, whose difference is taken before digits are lost. */
function compareLongs(a: bigint, b: bigint, tolerance: number, found: Found): void {
  const difference = Math.abs(Number(a - b));
  if (difference > tolerance * Math.max(1, Math.abs(Number(a)), Math.abs(Number(b)))) found.agrees = false;
  found.largestDifference = Math.max(found.largestDifference, difference);
}

const isSameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** How the elements of a tensor are read as values that compare. */
function readerOf({ data, dtype }: Tensor): (index: number) => string | number | bigint {
  if (data instanceof Strings) return (index) => data.at(index);
  if (dtype === "FP16") return (index) => fromHalf(Number(data[index]));
  if (dtype === "BF16") return (index) => fromBrain(Number(data[index]));
  return (index) => data[index] ?? 0;
}
