import type { DType } from "../tensor/index.ts";
import type { ModelInfo } from "./inspect.ts";
import { quoted, refusal } from "./refusal.ts";
import type { ValueSpec } from "./value-spec.ts";

/** One input or output as it is served. Structurally the model folder's `TensorSpec`. */
export interface FileTensorSpec {
  readonly name: string;
  readonly dtype: DType;
  /** Sizes; −1 is free. */
  readonly shape: readonly number[];
  readonly symbols?: readonly (string | undefined)[];
  /** 0 where the first size is free, else null; a probe of two rows has the last word. */
  readonly batchAxis: 0 | null;
  readonly labels?: readonly string[];
  readonly optional?: boolean;
}

/** Structurally the model folder's `Signature`, which this folder may not import. */
export interface FileSignature {
  readonly inputs: readonly FileTensorSpec[];
  readonly outputs: readonly FileTensorSpec[];
}

/**
 * The signature that a file is served with. A sequence of maps from label to number (ZipMap's
 * output, one map for each row) is a tensor [-1, classes] with those labels. Outputs that no
 * wire can carry (sequences, sparse tensors, 4-bit numbers) are left out.
 *
 * @throws PlatformError `failed_precondition` if an input cannot be carried, or no output can.
 */
export function signatureOf(info: ModelInfo): FileSignature {
  const outputs = info.outputs.map((spec) => outputSpec(info, spec)).filter((spec) => spec !== undefined);
  if (outputs.length === 0) {
    throw refusal(
      `no output of the model is a tensor that can be sent: ${info.outputs.map(named).join(", ")}`,
      {
        field: "outputs",
        expected: "at least one tensor",
      },
    );
  }
  return { inputs: info.inputs.map(inputSpec), outputs };
}

/** Outputs that {@link signatureOf} leaves out, each with its type, for people. */
export function unservedOutputs(info: ModelInfo): string[] {
  return info.outputs.filter((spec) => outputSpec(info, spec) === undefined).map(named);
}

function inputSpec(spec: ValueSpec): FileTensorSpec {
  const { kind, dtype, shape } = spec;
  if (kind === "tensor" && dtype && shape) return tensorSpec(spec, dtype, shape, undefined);
  throw refusal(`input ${quoted(spec.name)} is ${typeText(spec)}, which requests cannot carry`, {
    field: spec.name,
    got: typeText(spec),
    expected: "a tensor with a declared number of axes",
    hint: "Export the model with plain tensors as inputs.",
  });
}

function outputSpec(info: ModelInfo, spec: ValueSpec): FileTensorSpec | undefined {
  const { kind, dtype, shape, name } = spec;
  const labels = info.labels.get(name);
  if (!dtype) return undefined;
  if (kind === "sequence-of-map") {
    return dtype === "BYTES" ? undefined : zipMapSpec(name, dtype, labels);
  }
  // Of an output without declared axes nothing is known until it is run: one free axis stands for that.
  return kind === "tensor" ? tensorSpec(spec, dtype, shape ?? [-1], labels) : undefined;
}

function zipMapSpec(name: string, dtype: DType, labels: readonly string[] | undefined): FileTensorSpec {
  return { name, dtype, shape: [-1, labels?.length ?? -1], batchAxis: 0, ...(labels && { labels }) };
}

function tensorSpec(
  { name, symbols, optional }: ValueSpec,
  dtype: DType,
  shape: readonly number[],
  labels: readonly string[] | undefined,
): FileTensorSpec {
  return {
    name,
    dtype,
    shape,
    ...(symbols.some((symbol) => symbol !== undefined) && { symbols }),
    batchAxis: shape[0] === -1 ? 0 : null,
    ...(labels && { labels }),
    ...(optional && { optional }),
  };
}

function named(spec: ValueSpec): string {
  return `${quoted(spec.name)}: ${typeText(spec)}`;
}

function typeText({ kind, elementType, shape }: ValueSpec): string {
  if (kind === "other") return "of an unknown type";
  if (kind !== "tensor") return `${kind === "optional" ? "an" : "a"} ${kind}`;
  return `${elementType} ${shape ? `[${shape}]` : "of unknown rank"}`;
}
