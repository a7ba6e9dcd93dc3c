import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WireTensor } from "./wire-tensor.ts";

type Plain = number | boolean | string | null;

/** A request whose answer is known from another library. */
export interface Sample {
  readonly model: string;
  readonly version: number;
  readonly inputs: readonly WireTensor[];
  readonly outputs: readonly { readonly name: string; readonly data: readonly unknown[] }[];
  /** Largest difference of two floats that is none. */
  readonly tolerance: number;
}

interface TensorText {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly Plain[];
}

interface RowSample {
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly outputs: Readonly<Record<string, Plain | readonly Plain[] | Readonly<Record<string, Plain>>>>;
  readonly version2?: Readonly<Record<string, Plain | readonly Plain[]>>;
}

interface SamplesFile {
  readonly cases?: readonly { readonly inputs: TensorText[]; readonly outputs: TensorText[] }[];
  readonly samples?: readonly RowSample[];
}

const read = (model: string): SamplesFile | undefined => {
  const path = join("test/artifacts/models", model, "samples.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as SamplesFile) : undefined;
};

/** The tensor cases of a model, as its samples.json has them; [] if it has none. */
export function tensorSamples(model: string): Sample[] {
  return (read(model)?.cases ?? []).map(({ inputs, outputs }) => {
    const exact = { model, version: 1, tolerance: 1e-6 };
    return { ...exact, inputs: inputs.map(tensorOf), outputs: outputs.map(tensorOf) };
  });
}

function tensorOf({ name, datatype, shape, data }: TensorText): WireTensor {
  const isText = datatype === "BYTES";
  const isLong = datatype === "INT64" || datatype === "UINT64";
  const one = (value: Plain) => {
    if (isText || typeof value === "boolean") return value ?? "";
    return isLong ? BigInt(value ?? 0) : Number(value);
  };
  return { name, datatype, shape, data: data.map(one) };
}

/** All rows of a tabular model as one request, one tensor [n, 1] for each column. */
export function rowSample(model: string, version: number): Sample {
  const rows = read(model)?.samples ?? [];
  const first = rows[0];
  assert.ok(first, `${model} has no samples`);
  const inputs = Object.entries(first.inputs).map(([name, value]) => {
    const isText = typeof value === "string";
    const data = rows.map((row) => {
      const cell = row.inputs[name];
      return isText ? String(cell ?? "") : Number(cell ?? Number.NaN);
    });
    return { name, datatype: isText ? "BYTES" : "FP32", shape: [rows.length, 1], data };
  });
  const answers = rows.map((row) => (version === 1 ? row.outputs : (row.version2 ?? {})));
  const outputs = Object.keys(answers[0] ?? {}).map((name) => {
    return { name, data: answers.flatMap((answer) => leaves(answer[name])) };
  });
  return { model, version, inputs, outputs, tolerance: 1e-5 };
}

function leaves(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? Object.values(value) : [value];
}

/** Rows `from … to` of every tensor. */
export function sliceTensors(tensors: readonly WireTensor[], from: number, to: number): WireTensor[] {
  return tensors.map(({ shape, data, ...rest }) => {
    const size = data.length / (shape[0] || 1);
    return { ...rest, shape: [to - from, ...shape.slice(1)], data: data.slice(from * size, to * size) };
  });
}

/** Fails unless the outputs are those of the sample, floats within its tolerance. */
export function assertAnswers(
  actual: ReadonlyMap<string, readonly unknown[]>,
  { outputs, tolerance, model }: Pick<Sample, "outputs" | "tolerance" | "model">,
  place: string,
): void {
  for (const { name, data } of outputs) {
    const got = actual.get(name);
    assert.ok(got, `${place}: ${model} gave no ${name}`);
    assert.equal(got.length, data.length, `${place}: elements of ${name} of ${model}`);
    for (const [i, value] of data.entries()) {
      const isSame = same(got[i], value, tolerance);
      assert.ok(isSame, `${place}: ${model}.${name}[${i}] is ${String(got[i])}, expected ${String(value)}`);
    }
  }
}

function same(got: unknown, expected: unknown, tolerance: number): boolean {
  if (typeof expected !== "number") return String(got) === String(expected);
  // The native wire writes NaN as null and infinities as text, because JSON has no words for them.
  const number = got === null ? Number.NaN : Number(got);
  if (Number.isNaN(expected)) return Number.isNaN(number);
  if (!Number.isFinite(expected)) return number === expected;
  // JSON has the shortest digits of an FP32, which are another double.
  if (tolerance === 0) return number === expected || Math.fround(number) === expected;
  return Math.abs(number - expected) <= tolerance * Math.max(1, Math.abs(expected));
}
