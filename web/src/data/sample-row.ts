import type { ColumnFacts, Description } from "./api.ts";

/** A row that the model takes: what its columns give as examples. */
export const sampleRow = (columns: readonly ColumnFacts[]): Record<string, unknown> =>
  Object.fromEntries(columns.map((column) => [column.name, sampleValue(column)]));

function sampleValue({ dtype, values, examples, min, max, shape }: ColumnFacts): unknown {
  const [value] = [...(examples ?? []), ...(values ?? [])];
  if (value !== undefined) return value;
  const one = scalar(dtype, min, max);
  return shape.reduceRight<unknown>(
    (inner, size) => Array.from({ length: Math.max(1, size) }, () => inner),
    one,
  );
}

function scalar(dtype: string, min: number | undefined, max: number | undefined): string | boolean | number {
  if (dtype === "BYTES") return "text";
  if (dtype === "BOOL") return true;
  const middle = min !== undefined && max !== undefined ? (min + max) / 2 : (min ?? 0);
  return /^U?INT/.test(dtype) ? Math.round(middle) : Number(middle.toPrecision(3));
}

/** Inputs of a model without rows, as nested lists of zeros; free sizes are one. */
export const sampleInputs = ({ inputs }: Description): Record<string, unknown> =>
  Object.fromEntries(
    inputs.map(({ name, dtype, shape }) => [
      name,
      sampleValue({ name, dtype, shape: shape.map((size) => Math.max(1, size)), optional: false }),
    ]),
  );
