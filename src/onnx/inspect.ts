import { isFloat } from "../tensor/index.ts";
import { decodeModel } from "./decode.ts";
import { allNodes, domainName, operatorName } from "./graphs.ts";
import { graphLabels, metadataLabels } from "./labels.ts";
import type { ModelProto } from "./proto.ts";
import { type ValueSpec, valueSpec } from "./value-spec.ts";
import { type ModelWarning, nodeWarnings } from "./warnings.ts";

/** What an ONNX file says of itself. */
export interface ModelInfo {
  readonly irVersion: number;
  /** Version by domain; ONNX's own domain is "ai.onnx". */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: bigint;
  readonly description: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** What a request must bring, in the file's order; weights that are listed as inputs are not among them. */
  readonly inputs: readonly ValueSpec[];
  /** Inputs whose value the file brings; a request may not replace them here. */
  readonly overridable: readonly string[];
  readonly outputs: readonly ValueSpec[];
  /** How often each operator is used, such as "Add" or "com.microsoft:Tokenizer". */
  readonly operators: ReadonlyMap<string, number>;
  /** Those of Loop, Scan and If that are used: such a model may take any time. */
  readonly controlFlow: readonly string[];
  /** Class names by output name, from ZipMap, a classifier, or the metadata. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly ModelWarning[];
}

/**
 * Reads the header of an ONNX file; weights are not touched.
 *
 * @throws PlatformError `invalid_argument` if `bytes` is not protobuf.
 */
export function inspectModel(bytes: Uint8Array): ModelInfo {
  return describeModel(decodeModel(bytes));
}

/** The same of a file that is decoded already. */
export function describeModel(model: ModelProto): ModelInfo {
  const graph = model.graph;
  const metadata = new Map(model.metadataProps.map(({ key = "", value = "" }) => [key, value]));
  const weights = new Set(graph?.initializer.map(({ name }) => name));
  const inputs = graph?.input.map(valueSpec) ?? [];
  const outputs = graph?.output.map(valueSpec) ?? [];
  const operators = countOperators(model);
  return {
    ...origin(model),
    metadata,
    inputs: inputs.filter(({ name }) => !weights.has(name)),
    overridable: inputs.filter(({ name }) => weights.has(name)).map(({ name }) => name),
    outputs,
    operators,
    controlFlow: ["Loop", "Scan", "If"].filter((name) => operators.has(name)),
    labels: outputLabels(model, outputs, metadata),
    warnings: nodeWarnings(model),
  };
}

function origin(model: ModelProto) {
  return {
    irVersion: model.irVersion ?? 0,
    opsets: new Map(model.opsetImport.map(({ domain, version }) => [domainName(domain), version ?? 0])),
    producer: model.producerName ?? "",
    producerVersion: model.producerVersion ?? "",
    domain: model.domain ?? "",
    modelVersion: model.modelVersion ?? 0n,
    description: model.docString || model.graph?.docString || "",
  };
}

function countOperators(model: ModelProto): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const node of allNodes(model)) {
    const name = operatorName(node);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function outputLabels(
  { graph }: ModelProto,
  outputs: readonly ValueSpec[],
  metadata: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const found = graph ? graphLabels(graph) : new Map<string, readonly string[]>();
  const labels = new Map([...found].filter(([name]) => outputs.some((output) => output.name === name)));
  const named = metadataLabels(metadata);
  if (!named || labels.size > 0) return labels;
  const scores = outputs.filter(isScores);
  const fitting = scores.filter(({ shape }) => shape?.at(-1) === named.length);
  const [only] = fitting.length > 0 ? fitting : scores;
  if (only && (fitting.length > 0 || (scores.length === 1 && only.shape?.at(-1) === -1))) {
    labels.set(only.name, named);
  }
  return labels;
}

/** Whether an output can hold a score for each class: floating point, at least [rows, classes]. */
function isScores({ kind, dtype, shape }: ValueSpec): boolean {
  return kind === "tensor" && dtype !== undefined && isFloat(dtype) && (shape?.length ?? 0) >= 2;
}
