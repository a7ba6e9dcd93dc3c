import type {
  LoadState,
  ModelStatus,
  TensorSpec,
  VersionDescription,
  VersionStatus,
} from "../../model/index.ts";
import type { DType } from "../../tensor/index.ts";

const STATES: Record<LoadState, string> = {
  unloaded: "END",
  loading: "LOADING",
  ready: "AVAILABLE",
  draining: "UNLOADING",
  failed: "END",
};

const DTYPES: Record<DType, string> = {
  BOOL: "DT_BOOL",
  UINT8: "DT_UINT8",
  UINT16: "DT_UINT16",
  UINT32: "DT_UINT32",
  UINT64: "DT_UINT64",
  INT8: "DT_INT8",
  INT16: "DT_INT16",
  INT32: "DT_INT32",
  INT64: "DT_INT64",
  FP16: "DT_HALF",
  BF16: "DT_BFLOAT16",
  FP32: "DT_FLOAT",
  FP64: "DT_DOUBLE",
  BYTES: "DT_STRING",
};

/**
 * States of a model's versions, newest first; and, for clients of KServe's V1 protocol which ask at the same
 * path, its name and whether it answers.
 */
export function statusAnswer({ model, serving }: ModelStatus, versions: readonly VersionStatus[]): object {
  const newestFirst = versions.toSorted((a, b) => b.version - a.version);
  return { name: model, ready: serving !== undefined, model_version_status: newestFirst.map(versionState) };
}

function versionState({ version, state, reason = "" }: VersionStatus): object {
  const failed = state === "failed";
  return {
    version: String(version),
    state: STATES[state],
    status: { error_code: failed ? "UNKNOWN" : "OK", error_message: failed ? reason : "" },
  };
}

/** What a version takes and gives, as a signature of TensorFlow. */
export function metadataAnswer(name: string, { status, signature }: VersionDescription): object {
  const serving = {
    inputs: Object.fromEntries(signature.inputs.map(tensorInfo)),
    outputs: Object.fromEntries(signature.outputs.map(tensorInfo)),
    method_name: "tensorflow/serving/predict",
    defaults: {},
  };
  return {
    model_spec: { name, signature_name: "", version: String(status.version) },
    metadata: { signature_def: { signature_def: { serving_default: serving } } },
  };
}

function tensorInfo({ name, dtype, shape }: TensorSpec): [string, object] {
  const dim = shape.map((size) => ({ size: String(size), name: "" }));
  return [name, { dtype: DTYPES[dtype], tensor_shape: { dim, unknown_rank: false }, name: `${name}:0` }];
}
