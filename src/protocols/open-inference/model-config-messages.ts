import { enumeration, type FieldTable, type MessageTable, message } from "../../base/index.ts";

/** A model configuration as fields of its message. */
export type ModelConfigFields = Readonly<Record<string, unknown>>;

const dataType = enumeration("inference.DataType", {
  TYPE_INVALID: 0,
  TYPE_BOOL: 1,
  TYPE_UINT8: 2,
  TYPE_UINT16: 3,
  TYPE_UINT32: 4,
  TYPE_UINT64: 5,
  TYPE_INT8: 6,
  TYPE_INT16: 7,
  TYPE_INT32: 8,
  TYPE_INT64: 9,
  TYPE_FP16: 10,
  TYPE_FP32: 11,
  TYPE_FP64: 12,
  TYPE_STRING: 13,
  TYPE_BF16: 14,
});
const modelInstanceGroupKind = enumeration("inference.ModelInstanceGroup.Kind", {
  KIND_AUTO: 0,
  KIND_GPU: 1,
  KIND_CPU: 2,
  KIND_MODEL: 3,
});
const modelInstanceGroupSecondaryDeviceSecondaryDeviceKind = enumeration(
  "inference.ModelInstanceGroup.SecondaryDevice.SecondaryDeviceKind",
  { KIND_NVDLA: 0 },
);
const modelInputFormat = enumeration("inference.ModelInput.Format", {
  FORMAT_NONE: 0,
  FORMAT_NHWC: 1,
  FORMAT_NCHW: 2,
});
const batchInputKind = enumeration("inference.BatchInput.Kind", {
  BATCH_ELEMENT_COUNT: 0,
  BATCH_ACCUMULATED_ELEMENT_COUNT: 1,
  BATCH_ACCUMULATED_ELEMENT_COUNT_WITH_ZERO: 2,
  BATCH_MAX_ELEMENT_COUNT_AS_SHAPE: 3,
  BATCH_ITEM_SHAPE: 4,
  BATCH_ITEM_SHAPE_FLATTEN: 5,
});
const batchOutputKind = enumeration("inference.BatchOutput.Kind", { BATCH_SCATTER_WITH_INPUT_SHAPE: 0 });
const modelOptimizationPolicyModelPriority = enumeration("inference.ModelOptimizationPolicy.ModelPriority", {
  PRIORITY_DEFAULT: 0,
  PRIORITY_MAX: 1,
  PRIORITY_MIN: 2,
});
const modelQueuePolicyTimeoutAction = enumeration("inference.ModelQueuePolicy.TimeoutAction", {
  REJECT: 0,
  DELAY: 1,
});
const modelSequenceBatchingControlKind = enumeration("inference.ModelSequenceBatching.Control.Kind", {
  CONTROL_SEQUENCE_START: 0,
  CONTROL_SEQUENCE_READY: 1,
  CONTROL_SEQUENCE_END: 2,
  CONTROL_SEQUENCE_CORRID: 3,
});

const modelVersionPolicyLatest = config("ModelVersionPolicy.Latest", {
  num_versions: { number: 1, type: "uint32" },
});

const modelVersionPolicyAll = config("ModelVersionPolicy.All", {});

const modelVersionPolicySpecific = config("ModelVersionPolicy.Specific", {
  versions: { number: 1, type: "int64", repeated: true, as: "number" },
});

const modelVersionPolicy = config("ModelVersionPolicy", {
  latest: { number: 1, type: modelVersionPolicyLatest, oneof: "policy_choice" },
  all: { number: 2, type: modelVersionPolicyAll, oneof: "policy_choice" },
  specific: { number: 3, type: modelVersionPolicySpecific, oneof: "policy_choice" },
});

const modelTensorReshape = config("ModelTensorReshape", {
  shape: { number: 1, type: "int64", repeated: true, as: "number" },
});

const modelInput = config("ModelInput", {
  name: { number: 1, type: "string" },
  data_type: { number: 2, type: dataType },
  format: { number: 3, type: modelInputFormat },
  dims: { number: 4, type: "int64", repeated: true, as: "number" },
  reshape: { number: 5, type: modelTensorReshape },
  is_shape_tensor: { number: 6, type: "bool" },
  allow_ragged_batch: { number: 7, type: "bool" },
  optional: { number: 8, type: "bool" },
  is_non_linear_format_io: { number: 9, type: "bool" },
});

const modelOutput = config("ModelOutput", {
  name: { number: 1, type: "string" },
  data_type: { number: 2, type: dataType },
  dims: { number: 3, type: "int64", repeated: true, as: "number" },
  label_filename: { number: 4, type: "string" },
  reshape: { number: 5, type: modelTensorReshape },
  is_shape_tensor: { number: 6, type: "bool" },
  is_non_linear_format_io: { number: 7, type: "bool" },
});

const modelRateLimiterResource = config("ModelRateLimiter.Resource", {
  name: { number: 1, type: "string" },
  global: { number: 2, type: "bool" },
  count: { number: 3, type: "uint32" },
});

const modelRateLimiter = config("ModelRateLimiter", {
  resources: { number: 1, type: modelRateLimiterResource, repeated: true },
  priority: { number: 2, type: "uint32" },
});

const modelInstanceGroupSecondaryDevice = config("ModelInstanceGroup.SecondaryDevice", {
  kind: { number: 1, type: modelInstanceGroupSecondaryDeviceSecondaryDeviceKind },
  device_id: { number: 2, type: "int64", as: "number" },
});

const modelInstanceGroup = config("ModelInstanceGroup", {
  name: { number: 1, type: "string" },
  count: { number: 2, type: "int32" },
  gpus: { number: 3, type: "int32", repeated: true },
  kind: { number: 4, type: modelInstanceGroupKind },
  profile: { number: 5, type: "string", repeated: true },
  rate_limiter: { number: 6, type: modelRateLimiter },
  passive: { number: 7, type: "bool" },
  secondary_devices: { number: 8, type: modelInstanceGroupSecondaryDevice, repeated: true },
  host_policy: { number: 9, type: "string" },
});

const modelQueuePolicy = config("ModelQueuePolicy", {
  timeout_action: { number: 1, type: modelQueuePolicyTimeoutAction },
  default_timeout_microseconds: { number: 2, type: "uint64", as: "number" },
  allow_timeout_override: { number: 3, type: "bool" },
  max_queue_size: { number: 4, type: "uint32" },
});

const modelDynamicBatching = config("ModelDynamicBatching", {
  preferred_batch_size: { number: 1, type: "int32", repeated: true },
  max_queue_delay_microseconds: { number: 2, type: "uint64", as: "number" },
  preserve_ordering: { number: 3, type: "bool" },
  priority_levels: { number: 4, type: "uint64", as: "number" },
  default_priority_level: { number: 5, type: "uint64", as: "number" },
  default_queue_policy: { number: 6, type: modelQueuePolicy },
  priority_queue_policy: { number: 7, type: modelQueuePolicy, map: "uint64" },
});

const modelOptimizationPolicyGraph = config("ModelOptimizationPolicy.Graph", {
  level: { number: 1, type: "int32" },
});

const modelOptimizationPolicyCudaGraphSpecShape = config("ModelOptimizationPolicy.Cuda.GraphSpec.Shape", {
  dim: { number: 1, type: "int64", repeated: true, as: "number" },
});

const modelOptimizationPolicyCudaGraphSpecLowerBound = config(
  "ModelOptimizationPolicy.Cuda.GraphSpec.LowerBound",
  {
    batch_size: { number: 1, type: "int32" },
    input: { number: 2, type: modelOptimizationPolicyCudaGraphSpecShape, map: "string" },
  },
);

const modelOptimizationPolicyCudaGraphSpec = config("ModelOptimizationPolicy.Cuda.GraphSpec", {
  batch_size: { number: 1, type: "int32" },
  input: { number: 2, type: modelOptimizationPolicyCudaGraphSpecShape, map: "string" },
  graph_lower_bound: { number: 3, type: modelOptimizationPolicyCudaGraphSpecLowerBound },
});

const modelOptimizationPolicyCuda = config("ModelOptimizationPolicy.Cuda", {
  graphs: { number: 1, type: "bool" },
  busy_wait_events: { number: 2, type: "bool" },
  graph_spec: { number: 3, type: modelOptimizationPolicyCudaGraphSpec, repeated: true },
  output_copy_stream: { number: 4, type: "bool" },
});

const modelOptimizationPolicyExecutionAcceleratorsAccelerator = config(
  "ModelOptimizationPolicy.ExecutionAccelerators.Accelerator",
  {
    name: { number: 1, type: "string" },
    parameters: { number: 2, type: "string", map: "string" },
  },
);

const modelOptimizationPolicyExecutionAccelerators = config("ModelOptimizationPolicy.ExecutionAccelerators", {
  gpu_execution_accelerator: {
    number: 1,
    type: modelOptimizationPolicyExecutionAcceleratorsAccelerator,
    repeated: true,
  },
  cpu_execution_accelerator: {
    number: 2,
    type: modelOptimizationPolicyExecutionAcceleratorsAccelerator,
    repeated: true,
  },
});

const modelOptimizationPolicyPinnedMemoryBuffer = config("ModelOptimizationPolicy.PinnedMemoryBuffer", {
  enable: { number: 1, type: "bool" },
});

const modelOptimizationPolicy = config("ModelOptimizationPolicy", {
  graph: { number: 1, type: modelOptimizationPolicyGraph },
  priority: { number: 2, type: modelOptimizationPolicyModelPriority },
  cuda: { number: 3, type: modelOptimizationPolicyCuda },
  execution_accelerators: { number: 4, type: modelOptimizationPolicyExecutionAccelerators },
  input_pinned_memory: { number: 5, type: modelOptimizationPolicyPinnedMemoryBuffer },
  output_pinned_memory: { number: 6, type: modelOptimizationPolicyPinnedMemoryBuffer },
  gather_kernel_buffer_threshold: { number: 7, type: "uint32" },
  eager_batching: { number: 8, type: "bool" },
});

const modelSequenceBatchingControl = config("ModelSequenceBatching.Control", {
  kind: { number: 1, type: modelSequenceBatchingControlKind },
  int32_false_true: { number: 2, type: "int32", repeated: true },
  fp32_false_true: { number: 3, type: "float", repeated: true },
  data_type: { number: 4, type: dataType },
  bool_false_true: { number: 5, type: "bool", repeated: true },
});

const modelSequenceBatchingControlInput = config("ModelSequenceBatching.ControlInput", {
  name: { number: 1, type: "string" },
  control: { number: 2, type: modelSequenceBatchingControl, repeated: true },
});

const modelSequenceBatchingStrategyDirect = config("ModelSequenceBatching.StrategyDirect", {
  max_queue_delay_microseconds: { number: 1, type: "uint64", as: "number" },
  minimum_slot_utilization: { number: 2, type: "float" },
});

const modelSequenceBatchingStrategyOldest = config("ModelSequenceBatching.StrategyOldest", {
  max_candidate_sequences: { number: 1, type: "int32" },
  preferred_batch_size: { number: 2, type: "int32", repeated: true },
  max_queue_delay_microseconds: { number: 3, type: "uint64", as: "number" },
  preserve_ordering: { number: 4, type: "bool" },
});

const modelSequenceBatchingInitialState = config("ModelSequenceBatching.InitialState", {
  data_type: { number: 1, type: dataType },
  dims: { number: 2, type: "int64", repeated: true, as: "number" },
  zero_data: { number: 3, type: "bool", oneof: "state_data" },
  data_file: { number: 4, type: "string", oneof: "state_data" },
  name: { number: 5, type: "string" },
});

const modelSequenceBatchingState = config("ModelSequenceBatching.State", {
  input_name: { number: 1, type: "string" },
  output_name: { number: 2, type: "string" },
  data_type: { number: 3, type: dataType },
  dims: { number: 4, type: "int64", repeated: true, as: "number" },
  initial_state: { number: 5, type: modelSequenceBatchingInitialState, repeated: true },
  use_same_buffer_for_input_output: { number: 6, type: "bool" },
  use_growable_memory: { number: 7, type: "bool" },
});

const modelSequenceBatching = config("ModelSequenceBatching", {
  max_sequence_idle_microseconds: { number: 1, type: "uint64", as: "number" },
  control_input: { number: 2, type: modelSequenceBatchingControlInput, repeated: true },
  direct: { number: 3, type: modelSequenceBatchingStrategyDirect, oneof: "strategy_choice" },
  oldest: { number: 4, type: modelSequenceBatchingStrategyOldest, oneof: "strategy_choice" },
  state: { number: 5, type: modelSequenceBatchingState, repeated: true },
  iterative_sequence: { number: 6, type: "bool" },
});

const modelParameter = config("ModelParameter", {
  string_value: { number: 1, type: "string" },
});

const modelEnsemblingStep = config("ModelEnsembling.Step", {
  model_name: { number: 1, type: "string" },
  model_version: { number: 2, type: "int64", as: "number" },
  input_map: { number: 3, type: "string", map: "string" },
  output_map: { number: 4, type: "string", map: "string" },
  model_namespace: { number: 5, type: "string" },
});

const modelEnsembling = config("ModelEnsembling", {
  step: { number: 1, type: modelEnsemblingStep, repeated: true },
  max_inflight_requests: { number: 2, type: "uint32" },
});

const modelWarmupInput = config("ModelWarmup.Input", {
  data_type: { number: 1, type: dataType },
  dims: { number: 2, type: "int64", repeated: true, as: "number" },
  zero_data: { number: 3, type: "bool", oneof: "input_data_type" },
  random_data: { number: 4, type: "bool", oneof: "input_data_type" },
  input_data_file: { number: 5, type: "string", oneof: "input_data_type" },
});

const modelWarmup = config("ModelWarmup", {
  name: { number: 1, type: "string" },
  batch_size: { number: 2, type: "uint32" },
  inputs: { number: 3, type: modelWarmupInput, map: "string" },
  count: { number: 4, type: "uint32" },
});

const modelOperations = config("ModelOperations", {
  op_library_filename: { number: 1, type: "string", repeated: true },
});

const modelTransactionPolicy = config("ModelTransactionPolicy", {
  decoupled: { number: 1, type: "bool" },
});

const batchInput = config("BatchInput", {
  kind: { number: 1, type: batchInputKind },
  target_name: { number: 2, type: "string", repeated: true },
  data_type: { number: 3, type: dataType },
  source_input: { number: 4, type: "string", repeated: true },
});

const batchOutput = config("BatchOutput", {
  target_name: { number: 1, type: "string", repeated: true },
  kind: { number: 2, type: batchOutputKind },
  source_input: { number: 3, type: "string", repeated: true },
});

const modelRepositoryAgentsAgent = config("ModelRepositoryAgents.Agent", {
  name: { number: 1, type: "string" },
  parameters: { number: 2, type: "string", map: "string" },
});

const modelRepositoryAgents = config("ModelRepositoryAgents", {
  agents: { number: 1, type: modelRepositoryAgentsAgent, repeated: true },
});

const modelResponseCache = config("ModelResponseCache", {
  enable: { number: 1, type: "bool" },
});

const modelMetricsMetricControlMetricIdentifier = config("ModelMetrics.MetricControl.MetricIdentifier", {
  family: { number: 1, type: "string" },
});

const modelMetricsMetricControlHistogramOptions = config("ModelMetrics.MetricControl.HistogramOptions", {
  buckets: { number: 1, type: "double", repeated: true },
});

const modelMetricsMetricControl = config("ModelMetrics.MetricControl", {
  metric_identifier: { number: 1, type: modelMetricsMetricControlMetricIdentifier },
  histogram_options: { number: 2, type: modelMetricsMetricControlHistogramOptions, oneof: "metric_options" },
});

const modelMetrics = config("ModelMetrics", {
  metric_control: { number: 1, type: modelMetricsMetricControl, repeated: true },
});

/**
 * The configuration of a model.
 *
 * Source: triton-inference-server/common, protobuf/model_config.proto.
 */
export const modelConfig: MessageTable<ModelConfigFields> = config("ModelConfig", {
  name: { number: 1, type: "string" },
  platform: { number: 2, type: "string" },
  version_policy: { number: 3, type: modelVersionPolicy },
  max_batch_size: { number: 4, type: "int32" },
  input: { number: 5, type: modelInput, repeated: true },
  output: { number: 6, type: modelOutput, repeated: true },
  instance_group: { number: 7, type: modelInstanceGroup, repeated: true },
  default_model_filename: { number: 8, type: "string" },
  cc_model_filenames: { number: 9, type: "string", map: "string" },
  metric_tags: { number: 10, type: "string", map: "string" },
  dynamic_batching: { number: 11, type: modelDynamicBatching, oneof: "scheduling_choice" },
  optimization: { number: 12, type: modelOptimizationPolicy },
  sequence_batching: { number: 13, type: modelSequenceBatching, oneof: "scheduling_choice" },
  parameters: { number: 14, type: modelParameter, map: "string" },
  ensemble_scheduling: { number: 15, type: modelEnsembling, oneof: "scheduling_choice" },
  model_warmup: { number: 16, type: modelWarmup, repeated: true },
  backend: { number: 17, type: "string" },
  model_operations: { number: 18, type: modelOperations },
  model_transaction_policy: { number: 19, type: modelTransactionPolicy },
  batch_input: { number: 20, type: batchInput, repeated: true },
  batch_output: { number: 21, type: batchOutput, repeated: true },
  model_repository_agents: { number: 23, type: modelRepositoryAgents },
  response_cache: { number: 24, type: modelResponseCache },
  runtime: { number: 25, type: "string" },
  model_metrics: { number: 26, type: modelMetrics },
});

function config(name: string, fields: Readonly<Record<string, FieldTable>>): MessageTable<ModelConfigFields> {
  return message<ModelConfigFields>(`inference.${name}`, fields);
}
