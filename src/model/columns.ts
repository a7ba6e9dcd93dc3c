import { PlatformError } from "../base/index.ts";
import { type DType, isFloat } from "../tensor/index.ts";
import type { Manifest } from "./manifest.ts";
import type { Signature, TensorSpec } from "./signature.ts";

/** One named value of a row: where it goes and what is known of it. */
export interface Column {
  readonly name: string;
  /** The input tensor that takes it. */
  readonly input: string;
  readonly dtype: DType;
  /** Sizes of one value; [] for a single element, -1 is free. */
  readonly shape: readonly number[];
  /** May be missing: text becomes "", numbers NaN. */
  readonly optional: boolean;
  readonly description?: string;
  /** Known categories. */
  readonly values?: readonly string[];
  readonly examples?: readonly (string | number)[];
  readonly min?: number;
  readonly max?: number;
}

/** How rows become inputs. */
export type RowLayout =
  /** One input tensor per column. */
  | { readonly kind: "columns"; readonly columns: readonly Column[] }
  /** One input [N, k] whose k columns have names. */
  | { readonly kind: "matrix"; readonly columns: readonly Column[] }
  /** One column of text that a tokeniser turns into the inputs. */
  | { readonly kind: "texts"; readonly columns: readonly Column[] }
  /** Rows make no sense for these inputs. */
  | { readonly kind: "none"; readonly columns: readonly []; readonly reason: string };

/**
 * The columns of a version: those of the manifest where it names them, otherwise the names of the
 * inputs, or f0, f1 … for the columns of one matrix.
 *
 * @throws PlatformError `invalid_argument` if the manifest's columns do not fit the inputs.
 */
export function rowLayout(signature: Signature, manifest: Manifest): RowLayout {
  if (manifest.inputPreparation.some((step) => step.name === "tokenize")) return textLayout(manifest);
  const odd = signature.inputs.find((spec) => spec.shape.length === 0 || (spec.shape[0] ?? 0) > 1);
  if (odd) return { kind: "none", columns: [], reason: `input "${odd.name}" has no axis of rows` };
  const matrix = matrixInput(signature, manifest);
  return matrix
    ? { kind: "matrix", columns: matrixColumns(matrix, manifest) }
    : { kind: "columns", columns: inputColumns(signature, manifest) };
}

function textLayout(manifest: Manifest): RowLayout {
  const [declared] = manifest.columns;
  const name = declared?.name ?? "text";
  return { kind: "texts", columns: [{ name, input: name, dtype: "BYTES", shape: [], optional: false }] };
}

/** The only input, if it is [N, k] with k columns of its own. */
function matrixInput(signature: Signature, manifest: Manifest): TensorSpec | undefined {
  const [spec] = signature.inputs;
  if (!spec || signature.inputs.length > 1 || spec.shape.length !== 2) return undefined;
  const width = spec.shape[1] ?? 0;
  const declared = manifest.columns.length;
  if (width === 1) return undefined;
  if (width === -1) return declared > 1 ? spec : undefined;
  return spec;
}

function matrixColumns(spec: TensorSpec, manifest: Manifest): Column[] {
  const width = spec.shape[1] ?? 0;
  const declared = manifest.columns;
  if (declared.length === 0) {
    return Array.from({ length: width }, (_, i) => column(`f${i}`, spec, [], undefined));
  }
  if (width !== -1 && declared.length !== width) {
    throw wrongColumns(`names ${declared.length} columns, input "${spec.name}" has ${width}`, String(width));
  }
  checkUnique(declared.map(({ name }) => name));
  return declared.map((described) => column(described.name, spec, [], described));
}

function inputColumns(signature: Signature, manifest: Manifest): Column[] {
  const names = signature.inputs.map((spec) => spec.name);
  const unknown = manifest.columns.find(({ name }) => !names.includes(name));
  if (unknown) {
    throw wrongColumns(`names "${unknown.name}", which is no input`, names.join(", "), unknown.name);
  }
  checkUnique(manifest.columns.map(({ name }) => name));
  return signature.inputs.map((spec) => {
    const described = manifest.columns.find(({ name }) => name === spec.name);
    const rest = spec.shape.slice(1);
    return column(spec.name, spec, rest.every((size) => size === 1) ? [] : rest, described);
  });
}

function checkUnique(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw wrongColumns(`names "${twice}" twice`, "each name once", twice);
}

function column(
  name: string,
  spec: TensorSpec,
  shape: readonly number[],
  described: Manifest["columns"][number] | undefined,
): Column {
  const optional = described?.optional === true || spec.optional === true;
  if (optional && spec.optional !== true && !canBeMissing(spec.dtype)) {
    throw wrongColumns(
      `makes "${name}" optional, but ${spec.dtype} has no value for what is missing`,
      "text or floats",
    );
  }
  const { description, values, examples, min, max } = described ?? {};
  return {
    name,
    input: spec.name,
    dtype: spec.dtype,
    shape,
    optional,
    ...(description !== undefined && { description }),
    ...(values && { values }),
    ...(examples && { examples }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}

const canBeMissing = (dtype: DType) => dtype === "BYTES" || isFloat(dtype);

function wrongColumns(problem: string, expected: string, got?: string): PlatformError {
  const details = { field: "model.json: columns", expected, ...(got !== undefined && { got }) };
  return new PlatformError("invalid_argument", `the manifest's columns list ${problem}`, details);
}
