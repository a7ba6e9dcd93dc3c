import { type MessageTable, message } from "../../base/index.ts";

/*
 * Messages of the statistics extension.
 * Source: triton-inference-server/common, protobuf/grpc_service.proto.
 */

export interface ModelStatisticsRequest {
  readonly name: string;
  readonly version: string;
}

export const modelStatisticsRequest: MessageTable<ModelStatisticsRequest> = message<ModelStatisticsRequest>(
  "inference.ModelStatisticsRequest",
  {
    name: { number: 1, type: "string" },
    version: { number: 2, type: "string" },
  },
);

export interface StatisticDuration {
  readonly count: number;
  readonly ns: number;
}

const statisticDuration: MessageTable<StatisticDuration> = message<StatisticDuration>(
  "inference.StatisticDuration",
  {
    count: { number: 1, type: "uint64", as: "number" },
    ns: { number: 2, type: "uint64", as: "number" },
  },
);

export interface InferStatistics {
  readonly success: StatisticDuration | undefined;
  readonly fail: StatisticDuration | undefined;
  readonly queue: StatisticDuration | undefined;
  readonly compute_input: StatisticDuration | undefined;
  readonly compute_infer: StatisticDuration | undefined;
  readonly compute_output: StatisticDuration | undefined;
  readonly cache_hit: StatisticDuration | undefined;
  readonly cache_miss: StatisticDuration | undefined;
}

const inferStatistics: MessageTable<InferStatistics> = message<InferStatistics>("inference.InferStatistics", {
  success: { number: 1, type: statisticDuration },
  fail: { number: 2, type: statisticDuration },
  queue: { number: 3, type: statisticDuration },
  compute_input: { number: 4, type: statisticDuration },
  compute_infer: { number: 5, type: statisticDuration },
  compute_output: { number: 6, type: statisticDuration },
  cache_hit: { number: 7, type: statisticDuration },
  cache_miss: { number: 8, type: statisticDuration },
});

export interface InferResponseStatistics {
  readonly compute_infer: StatisticDuration | undefined;
  readonly compute_output: StatisticDuration | undefined;
  readonly success: StatisticDuration | undefined;
  readonly fail: StatisticDuration | undefined;
  readonly empty_response: StatisticDuration | undefined;
  readonly cancel: StatisticDuration | undefined;
}

const inferResponseStatistics: MessageTable<InferResponseStatistics> = message<InferResponseStatistics>(
  "inference.InferResponseStatistics",
  {
    compute_infer: { number: 1, type: statisticDuration },
    compute_output: { number: 2, type: statisticDuration },
    success: { number: 3, type: statisticDuration },
    fail: { number: 4, type: statisticDuration },
    empty_response: { number: 5, type: statisticDuration },
    cancel: { number: 6, type: statisticDuration },
  },
);

export interface InferBatchStatistics {
  readonly batch_size: number;
  readonly compute_input: StatisticDuration | undefined;
  readonly compute_infer: StatisticDuration | undefined;
  readonly compute_output: StatisticDuration | undefined;
}

const inferBatchStatistics: MessageTable<InferBatchStatistics> = message<InferBatchStatistics>(
  "inference.InferBatchStatistics",
  {
    batch_size: { number: 1, type: "uint64", as: "number" },
    compute_input: { number: 2, type: statisticDuration },
    compute_infer: { number: 3, type: statisticDuration },
    compute_output: { number: 4, type: statisticDuration },
  },
);

export interface MemoryUsage {
  readonly type: string;
  readonly id: number;
  readonly byte_size: number;
}

const memoryUsage: MessageTable<MemoryUsage> = message<MemoryUsage>("inference.MemoryUsage", {
  type: { number: 1, type: "string" },
  id: { number: 2, type: "int64", as: "number" },
  byte_size: { number: 3, type: "uint64", as: "number" },
});

export interface ModelStatistics {
  readonly name: string;
  readonly version: string;
  readonly last_inference: number;
  readonly inference_count: number;
  readonly execution_count: number;
  readonly inference_stats: InferStatistics | undefined;
  readonly batch_stats: readonly InferBatchStatistics[];
  readonly memory_usage: readonly MemoryUsage[];
  readonly response_stats: ReadonlyMap<string, InferResponseStatistics>;
}

const modelStatistics: MessageTable<ModelStatistics> = message<ModelStatistics>("inference.ModelStatistics", {
  name: { number: 1, type: "string" },
  version: { number: 2, type: "string" },
  last_inference: { number: 3, type: "uint64", as: "number" },
  inference_count: { number: 4, type: "uint64", as: "number" },
  execution_count: { number: 5, type: "uint64", as: "number" },
  inference_stats: { number: 6, type: inferStatistics },
  batch_stats: { number: 7, type: inferBatchStatistics, repeated: true },
  memory_usage: { number: 8, type: memoryUsage, repeated: true },
  response_stats: { number: 9, type: inferResponseStatistics, map: "string" },
});

export interface ModelStatisticsResponse {
  readonly model_stats: readonly ModelStatistics[];
}

export const modelStatisticsResponse: MessageTable<ModelStatisticsResponse> =
  message<ModelStatisticsResponse>("inference.ModelStatisticsResponse", {
    model_stats: { number: 1, type: modelStatistics, repeated: true },
  });
