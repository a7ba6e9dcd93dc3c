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
