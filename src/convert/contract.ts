import type { Draft } from "../base/index.ts";
import type { ModelProto } from "../onnx/index.ts";

/** A model of another library as ONNX, with what the manifest has to say of it. */
export interface Converted {
  readonly model: Draft<ModelProto>;
  /** What becomes of `model.json`. */
  readonly manifest: ConvertedManifest;
  readonly source: Source;
  /** What a user should know, such as that a part of the trees was left out; one sentence each. */
  readonly notes: readonly string[];
  /**
   * The model computed as its own library does, from the file and not from the ONNX model: the output that
   * {@link Converted.checkedOutput} names, `width` values for each row.
   */
  readonly reference: (rows: Float32Array) => Float64Array;
  /** Rows of the matrix input that come close to the model's own decisions, to compare both on. */
  readonly sample: (count: number, random: (below: number) => number) => Float32Array;
  readonly features: number;
  /** The output that the reference computes, and how many values of a row it has. */
  readonly checkedOutput: { readonly name: string; readonly width: number };
}

/** Where a model came from. */
export interface Source {
  /** Such as "xgboost-json". */
  readonly format: string;
  /** Of the library that wrote the file; "" where the file does not tell. */
  readonly version: string;
  /** Such as "binary:logistic". */
  readonly objective: string;
}

/** The fields of a manifest that a conversion fills. */
export interface ConvertedManifest {
  readonly description: string;
  readonly columns: readonly { readonly name: string; readonly optional: true }[];
  readonly labels: readonly string[];
}

/** Choices that a user has. */
export interface ConvertOptions {
  /** Trees of so many first rounds only; undefined: as the file says. */
  readonly rounds?: number | undefined;
}

/** Columns whose names a manifest holds at the most: a wider matrix is sent as arrays. */
const MAX_COLUMNS = 10_000;

/** A model's features as columns of its manifest, each of which may be missing. */
export function columnsOf(names: readonly string[]): ConvertedManifest["columns"] {
  return names.length > MAX_COLUMNS ? [] : names.map((name) => ({ name, optional: true }));
}
