import type { Column, Json, RowLayout, Signature, TensorSpec } from "../../model/index.ts";

/** A JSON Schema, as far as the document needs. */
export type JsonSchema = { readonly [key: string]: Json };

const WHOLE = new Map<string, readonly [number, number]>([
  ["INT8", [-128, 127]],
  ["INT16", [-32_768, 32_767]],
  ["INT32", [-2_147_483_648, 2_147_483_647]],
  ["INT64", [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
  ["UINT8", [0, 255]],
  ["UINT16", [0, 65_535]],
  ["UINT32", [0, 4_294_967_295]],
  ["UINT64", [0, Number.MAX_SAFE_INTEGER]],
]);

/** One row as an object: its columns, which of them must be there, and an example. */
export function rowSchema(layout: RowLayout): JsonSchema {
  const properties = Object.fromEntries(layout.columns.map((column) => [column.name, columnSchema(column)]));
  const required = layout.columns.filter((column) => !column.optional).map(({ name }) => name);
  return {
    type: "object",
    properties,
    required,
    additionalProperties: false,
    examples: [exampleRow(layout)],
  };
}

/** A row that the model takes, made of what the manifest says about its columns. */
export function exampleRow(layout: RowLayout): { readonly [name: string]: Json } {
  return Object.fromEntries(layout.columns.map((column) => [column.name, exampleValue(column)]));
}

function columnSchema(column: Column): JsonSchema {
  const description = describe(column);
  const value = nest(elementSchema(column.dtype), column.shape);
  return { ...value, ...(description && { description }), examples: [exampleValue(column)] };
}

/** The schema of one element of a dtype. */
function elementSchema(dtype: string): JsonSchema {
  if (dtype === "BYTES") return { type: "string" };
  if (dtype === "BOOL") return { type: "boolean" };
  const range = WHOLE.get(dtype);
  if (range) {
    return { type: "integer", ...(dtype.includes("64") ? {} : { minimum: range[0], maximum: range[1] }) };
  }
  return { oneOf: [{ type: ["number", "null"] }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
}

function nest(element: JsonSchema, shape: readonly number[]): JsonSchema {
  return shape.reduceRight<JsonSchema>(
    (items, size) => ({ type: "array", items, ...(size >= 0 && { minItems: size, maxItems: size }) }),
    element,
  );
}

function describe({ description, values, min, max, optional }: Column): string {
  const parts = [
    description,
    values && `Known values: ${values.join(", ")}; another one is warned about.`,
    (min !== undefined || max !== undefined) &&
      `From ${min ?? "-∞"} to ${max ?? "∞"}; outside is warned about.`,
    optional && "May be left out.",
  ];
  const said = parts.filter((part) => typeof part === "string" && part !== "");
  return said.map((part) => (/[.!?]$/.test(String(part)) ? part : `${part}.`)).join(" ");
}

function exampleValue(column: Column): Json {
  return column.shape.reduceRight<Json>(
    (inner, size) => Array.from({ length: Math.min(size < 0 ? 1 : size, 64) }, () => inner),
    exampleElement(column),
  );
}

function exampleElement({ dtype, examples, values, min, max }: Column): Json {
  const given = examples?.[0] ?? values?.[0];
  if (given !== undefined) return given;
  if (dtype === "BYTES") return "text";
  if (dtype === "BOOL") return true;
  return Math.round(((min ?? 1) + (max ?? min ?? 1)) / 2);
}

/** `{ "inputs": { name: nested arrays } }` for a signature. */
export function inputsSchema({ inputs }: Signature): JsonSchema {
  const properties = Object.fromEntries(inputs.map((spec) => [spec.name, tensorSchema(spec)]));
  const required = inputs.filter((spec) => !spec.optional).map(({ name }) => name);
  return { type: "object", properties, required, additionalProperties: false };
}

function tensorSchema({ dtype, shape }: TensorSpec): JsonSchema {
  return { ...nest(elementSchema(dtype), shape), description: `${dtype} [${shape.join(", ")}]; -1 is free` };
}
