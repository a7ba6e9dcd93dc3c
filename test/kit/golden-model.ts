import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Converted } from "../../src/convert/index.ts";
import { encodeModel } from "../../src/onnx/index.ts";
import { randomNumbers } from "./random-numbers.ts";

/** What a library predicted for its own model. */
export interface Golden {
  readonly features: number;
  /** Row after row; null is a missing value. */
  readonly rows: readonly (number | null)[];
  readonly predictions: readonly number[];
  readonly objective: string;
  readonly version: string;
}

export const readGolden = (path: string): Golden => JSON.parse(readFileSync(path, "utf8")) as Golden;

/** Rows of a golden file as the model's matrix. */
export const rowsOf = ({ rows }: Golden): Float32Array =>
  Float32Array.from(rows, (value) => value ?? Number.NaN);

/** Runs a converted model by the stock engine: each output by name. */
export async function runConverted(
  { model, features }: Converted,
  rows: Float32Array,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-convert-"));
  try {
    const path = join(folder, "model.onnx");
    writeFileSync(path, encodeModel(model));
    const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
    const feeds = { features: new Tensor("float32", rows, [rows.length / features, features]) };
    const results = await session.run(feeds);
    await session.release();
    const values = Object.entries(results).map(([name, tensor]) => [
      name,
      Array.from(tensor.data as ArrayLike<number>, Number),
    ]);
    return Object.fromEntries(values) as Record<string, number[]>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How the model as the engine runs it differs from its own reference, on rows at its own edges. */
export async function errorAtEdges(converted: Converted): Promise<number> {
  const rows = converted.sample(200, randomNumbers(7));
  const outputs = await runConverted(converted, rows);
  return largestError(outputs[converted.checkedOutput.name] ?? [], converted.reference(rows));
}

/** The largest difference, relative to values above 1. */
export function largestError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(got.length, expected.length);
  let largest = 0;
  for (let i = 0; i < got.length; i += 1) {
    const [a = Number.NaN, b = Number.NaN] = [got[i], expected[i]];
    const error = Object.is(a, b) ? 0 : Math.abs(a - b) / Math.max(1, Math.abs(b));
    largest = Math.max(largest, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return largest;
}
