import type { Manifest, Signature, TensorSpec } from "../model/index.ts";
import {
  createStorage,
  type DType,
  elementCount,
  isFloat,
  type NumericDType,
  Strings,
  type Tensor,
  type Tensors,
  toBrain,
  toHalf,
} from "../tensor/index.ts";
import { hintedSize, type SampleHints, sampleHints } from "./sample-hints.ts";

type Column = Manifest["columns"][number];

/** Size of a free axis that is not the batch: by its name, else by its place. */
const SEQUENCE = 16;
const PICTURE = 64;
const ANY = 8;

/** Text for inputs of which the manifest tells no example. */
const TEXTS = ["the quick brown fox", "a", "jumps over the lazy dog", "42", "yes", "no", "", "Hello, world"];

/**
 * Plausible inputs for a signature, the same for the same arguments: for warm-up, profiling and
 * the probe. Row r depends on `seed` and r alone. Values come from the manifest: its columns
 * (values, examples, min and max) and its preparation (sizes, constants, states); else floats lie
 * in 0 … 1, whole numbers are 0 or 1, so that they are good as indexes, and bytes 0 … 255, so that
 * they are good as pixels.
 */
export function sampleInputs(signature: Signature, manifest: Manifest, rows: number, seed = 0): Tensors {
  const hints = sampleHints(manifest);
  const sizes = new Map<string, number>();
  const batch = signature.inputs.find((spec) => spec.batchAxis === 0)?.symbols?.[0];
  if (batch) sizes.set(batch, rows);
  const inputs = new Map<string, Tensor>();
  for (const [index, spec] of signature.inputs.entries()) {
    const shape = sampleShape(spec, rows, hints, sizes);
    inputs.set(
      spec.name,
      sampleTensor(spec, shape, valuesOf(spec, shape, manifest, hints), seed * 31 + index),
    );
  }
  return inputs;
}

function sampleShape(
  spec: TensorSpec,
  rows: number,
  hints: SampleHints,
  sizes: Map<string, number>,
): number[] {
  return spec.shape.map((size, axis) => {
    if (axis === 0 && spec.batchAxis === 0) return rows;
    if (size >= 0) return size;
    const symbol = spec.symbols?.[axis] ?? "";
    const known = sizes.get(symbol);
    if (known !== undefined) return known;
    const chosen = hintedSize(hints, spec, axis) ?? freeSize(symbol, spec, rows);
    if (symbol) sizes.set(symbol, chosen);
    return chosen;
  });
}

function freeSize(symbol: string, { shape, batchAxis }: TensorSpec, rows: number): number {
  if (/height|width|^[hw]$/i.test(symbol)) return PICTURE;
  if (/seq|len|token|time/i.test(symbol)) return SEQUENCE;
  // States of recurrent models are [layers, batch, size].
  if (batchAxis === null) return rows;
  return shape.length === 4 ? PICTURE : ANY;
}

/** Where the values of one input come from. */
interface Values {
  readonly columns: readonly Column[];
  /** The one value of all elements. */
  readonly constant: number | undefined;
}

function valuesOf(
  spec: TensorSpec,
  shape: readonly number[],
  manifest: Manifest,
  hints: SampleHints,
): Values {
  const isMask = spec.name === manifest.batching.maskInput;
  const constant = hints.constants.get(spec.name) ?? (isMask ? 1 : undefined);
  return {
    columns: columnsOf(spec, shape, manifest),
    constant: hints.states.has(spec.name) ? 0 : constant,
  };
}

/** The manifest's columns that an input holds: one by its name, or all side by side on the last axis. */
function columnsOf(spec: TensorSpec, shape: readonly number[], { columns }: Manifest): readonly Column[] {
  const named = columns.find((column) => column.name === spec.name);
  if (named) return [named];
  if (spec.words) return [{ name: spec.name, values: [...spec.words], optional: false }];
  return shape.length > 1 && shape.at(-1) === columns.length ? columns : [];
}

function sampleTensor(
  { dtype }: TensorSpec,
  shape: number[],
  { columns, constant }: Values,
  seed: number,
): Tensor {
  const count = elementCount(shape);
  const columnAt = (index: number) => columns[columns.length === 1 ? 0 : index % columns.length];
  if (dtype === "BYTES") {
    const texts = Array.from({ length: count }, (_, i) => sampleText(columnAt(i), random(seed, i)));
    return { dtype: "BYTES", shape, data: Strings.from(texts) };
  }
  const toElement = ELEMENT_OF[dtype];
  const data = createStorage(dtype, count) as { [index: number]: number | bigint };
  for (let i = 0; i < count; i++) {
    data[i] = toElement(constant ?? sampleNumber(columnAt(i), dtype, random(seed, i)));
  }
  return { dtype, shape, data: data as never };
}

function sampleText(column: Column | undefined, chance: number): string {
  const choices = column?.values?.length ? column.values : column?.examples?.map(String);
  const from = choices?.length ? choices : TEXTS;
  return from[Math.floor(chance * from.length)] ?? "";
}

function sampleNumber(column: Column | undefined, dtype: DType, chance: number): number {
  if (column) {
    const examples = column.examples?.filter((example) => typeof example === "number") ?? [];
    if (examples.length > 0) return examples[Math.floor(chance * examples.length)] ?? 0;
    if (column.min !== undefined || column.max !== undefined) return between(column, chance);
  }
  if (isFloat(dtype)) return chance;
  return Math.floor(chance * (dtype === "UINT8" ? 256 : 2));
}

/** A place between the column's bounds; a missing one is 1 away from the other. */
function between({ min, max }: Column, chance: number): number {
  const low = min ?? (max ?? 1) - 1;
  const high = max ?? low + 1;
  return low + chance * (high - low);
}

const whole = (value: number) => Math.round(value);
const big = (value: number) => BigInt(Math.round(value));
const same = (value: number) => value;

/** A number as an element of each dtype. */
const ELEMENT_OF: Record<NumericDType, (value: number) => number | bigint> = {
  BOOL: (value) => (value >= 0.5 ? 1 : 0),
  UINT8: whole,
  UINT16: whole,
  UINT32: whole,
  UINT64: big,
  INT8: whole,
  INT16: whole,
  INT32: whole,
  INT64: big,
  FP16: toHalf,
  BF16: toBrain,
  FP32: same,
  FP64: same,
};

/** A number in 0 … 1 for a place in a sequence (Mulberry32's mixing of the two). */
function random(seed: number, index: number): number {
  let t = (Math.imul(seed + 1, 0x9e3779b9) ^ Math.imul(index + 1, 0x85ebca6b)) + 0x6d2b79f5;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
