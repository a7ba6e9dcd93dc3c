import type { Json } from "../../base/index.ts";
import type { TensorSpec, VersionDescription } from "../../model/index.ts";
import type { DType } from "../../tensor/index.ts";

/**
 * Rows that this wire calls the model's `max_batch_size`: 0 where some tensor has no batch axis, and
 * then shapes are full; else dims go without it. Larger requests are split, so they are not refused.
 */
export function maxBatchRows({ status, signature }: VersionDescription): number {
  const tensors = [...signature.inputs, ...signature.outputs];
  const isBatched = signature.inputs.length > 0 && tensors.every(({ batchAxis }) => batchAxis === 0);
  return isBatched ? Math.max(1, status.batching?.maxRows ?? 1) : 0;
}

/** `TYPE_FP32` … of the model configuration. */
function configType(dtype: DType): string {
  return dtype === "BYTES" ? "TYPE_STRING" : `TYPE_${dtype}`;
}

/** The engine's name of a platform such as "onnxruntime_onnx". */
const BACKEND = "onnxruntime";

/**
 * The version's configuration as this dialect prints it, all defaults written out.
 *
 * @see triton-inference-server/common, protobuf/model_config.proto, message ModelConfig.
 */
export function modelConfig(description: VersionDescription): ModelConfig {
  const { status, signature, manifest } = description;
  const maxRows = maxBatchRows(description);
  return {
    name: status.model,
    platform: status.platform,
    backend: BACKEND,
    runtime: "",
    version_policy: { latest: { num_versions: 1 } },
    max_batch_size: maxRows,
    input: signature.inputs.map((spec) => inputConfig(spec, maxRows)),
    output: signature.outputs.map((spec) => outputConfig(spec, maxRows)),
    batch_input: [],
    batch_output: [],
    optimization: OPTIMIZATION,
    ...(status.batching?.mode === "rows" &&
      maxRows > 1 && {
        dynamic_batching: dynamicBatching(status.batching.maxDelayUs, manifest.batching.preferredRows),
      }),
    instance_group: [
      {
        name: `${status.model}_0`,
        kind: manifest.device === "cuda" ? "KIND_GPU" : "KIND_CPU",
        count: manifest.instances ?? 1,
        gpus: [],
        secondary_devices: [],
        profile: [],
        passive: false,
        host_policy: "",
      },
    ],
    default_model_filename: "model.onnx",
    cc_model_filenames: {},
    metric_tags: {},
    parameters: {},
    model_warmup: [],
    model_transaction_policy: { decoupled: false },
  };
}

/** A ModelConfig in the names of its protobuf message. */
export type ModelConfig = { readonly [field: string]: Json };

const OPTIMIZATION = {
  priority: "PRIORITY_DEFAULT",
  input_pinned_memory: { enable: true },
  output_pinned_memory: { enable: true },
  gather_kernel_buffer_threshold: 0,
  eager_batching: false,
};

function inputConfig(spec: TensorSpec, maxRows: number) {
  return {
    name: spec.name,
    data_type: configType(spec.dtype),
    format: "FORMAT_NONE",
    dims: dims(spec, maxRows),
    is_shape_tensor: false,
    allow_ragged_batch: false,
    optional: spec.optional ?? false,
    is_non_linear_format_io: false,
  };
}

function outputConfig(spec: TensorSpec, maxRows: number) {
  return {
    name: spec.name,
    data_type: configType(spec.dtype),
    dims: dims(spec, maxRows),
    label_filename: "",
    is_shape_tensor: false,
    is_non_linear_format_io: false,
  };
}

function dims({ shape }: TensorSpec, maxRows: number): number[] {
  return maxRows > 0 ? shape.slice(1) : [...shape];
}

function dynamicBatching(maxDelayUs: number, preferredRows: readonly number[]) {
  return {
    preferred_batch_size: [...preferredRows],
    max_queue_delay_microseconds: maxDelayUs,
    preserve_ordering: false,
    priority_levels: 0,
    default_priority_level: 0,
    priority_queue_policy: {},
  };
}
