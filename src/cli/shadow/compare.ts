import type { OutputValues, Value } from "./answer-values.ts";

/** How one output of two answers compares. */
export interface OutputComparison {
  readonly name: string;
  readonly isEqual: boolean;
  readonly largestAbsolute: number;
  /** Against the larger of the two numbers. */
  readonly largestRelative: number;
  /** The first place that is not equal. */
  readonly example?: Example;
}

export interface Example {
  readonly output: string;
  /** Place in the flat values; undefined where not values differ but shape, datatype or presence. */
  readonly index?: number;
  readonly old: string;
  readonly new: string;
}

type Outputs = ReadonlyMap<string, OutputValues>;

/** Compares two answers, output by output: numbers within `tolerance` absolutely or relatively, all else exactly. */
export function compareOutputs(old: Outputs, other: Outputs, tolerance: number): OutputComparison[] {
  const names = [...new Set([...old.keys(), ...other.keys()])];
  return names.map((name) => compareOutput(name, [old.get(name), other.get(name)], tolerance));
}

function compareOutput(
  name: string,
  [a, b]: readonly [OutputValues | undefined, OutputValues | undefined],
  tolerance: number,
): OutputComparison {
  if (a && b && a.kind === b.kind && a.values.length === b.values.length) {
    return compareValues(name, [a, b], tolerance);
  }
  const example = { output: name, old: a?.kind ?? "none", new: b?.kind ?? "none" };
  return { name, isEqual: false, largestAbsolute: 0, largestRelative: 0, example };
}

/** Of two outputs that hold equally many values. */
function compareValues(
  name: string,
  [a, b]: readonly [OutputValues, OutputValues],
  tolerance: number,
): OutputComparison {
  let [largestAbsolute, largestRelative] = [0, 0];
  let index: number | undefined;
  for (let i = 0; i < a.values.length; i++) {
    const difference = differenceOf(a.values[i] ?? null, b.values[i] ?? null, a.isExact);
    if (Math.min(difference.absolute, difference.relative) > tolerance) index ??= i;
    // What is no distance between numbers counts as unequal and not as a distance.
    if (!Number.isFinite(difference.absolute)) continue;
    largestAbsolute = Math.max(largestAbsolute, difference.absolute);
    largestRelative = Math.max(largestRelative, difference.relative);
  }
  if (index === undefined) return { name, isEqual: true, largestAbsolute, largestRelative };
  const example = { output: name, index, old: shown(a.values[index]), new: shown(b.values[index]) };
  return { name, isEqual: false, largestAbsolute, largestRelative, example };
}

interface Difference {
  readonly absolute: number;
  readonly relative: number;
}

const NONE: Difference = { absolute: 0, relative: 0 };
const APART: Difference = { absolute: Number.POSITIVE_INFINITY, relative: Number.POSITIVE_INFINITY };

/** NaN equals NaN, an infinity itself; integers that differ are apart, however near. */
function differenceOf(a: Value, b: Value, isExact: boolean): Difference {
  if (Object.is(a, b) || a === b) return NONE;
  if (!isNumber(a) || !isNumber(b)) return APART;
  // Through Number only where one has a fraction: the digits of 64 bits are not lost.
  if (isExact && isWhole(a) && isWhole(b)) return BigInt(a) === BigInt(b) ? NONE : APART;
  const [x, y] = [Number(a), Number(b)];
  const absolute = Math.abs(x - y);
  if (!Number.isFinite(absolute)) return APART;
  return absolute === 0 ? NONE : { absolute, relative: absolute / Math.max(Math.abs(x), Math.abs(y)) };
}

const isNumber = (value: Value): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";
const isWhole = (value: number | bigint) => typeof value === "bigint" || Number.isInteger(value);
const shown = (value: Value | undefined) => String(value).slice(0, 60);
