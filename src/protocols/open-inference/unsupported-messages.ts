import { type MessageTable, message } from "../../base/index.ts";

/*
 * Messages of shared memory, tracing and logging, which this server answers with its refusal.
 * Source: triton-inference-server/common, protobuf/grpc_service.proto.
 */

export interface SystemSharedMemoryStatusRequest {
  readonly name: string;
}

export const systemSharedMemoryStatusRequest: MessageTable<SystemSharedMemoryStatusRequest> =
  message<SystemSharedMemoryStatusRequest>("inference.SystemSharedMemoryStatusRequest", {
    name: { number: 1, type: "string" },
  });

export interface SystemSharedMemoryStatusResponseRegionStatus {
  readonly name: string;
  readonly key: string;
  readonly offset: number;
  readonly byte_size: number;
}

const systemSharedMemoryStatusResponseRegionStatus: MessageTable<SystemSharedMemoryStatusResponseRegionStatus> =
  message<SystemSharedMemoryStatusResponseRegionStatus>(
    "inference.SystemSharedMemoryStatusResponse.RegionStatus",
    {
      name: { number: 1, type: "string" },
      key: { number: 2, type: "string" },
      offset: { number: 3, type: "uint64", as: "number" },
      byte_size: { number: 4, type: "uint64", as: "number" },
    },
  );

export interface SystemSharedMemoryStatusResponse {
  readonly regions: ReadonlyMap<string, SystemSharedMemoryStatusResponseRegionStatus>;
}

export const systemSharedMemoryStatusResponse: MessageTable<SystemSharedMemoryStatusResponse> =
  message<SystemSharedMemoryStatusResponse>("inference.SystemSharedMemoryStatusResponse", {
    regions: { number: 1, type: systemSharedMemoryStatusResponseRegionStatus, map: "string" },
  });

export interface SystemSharedMemoryRegisterRequest {
  readonly name: string;
  readonly key: string;
  readonly offset: number;
  readonly byte_size: number;
}

export const systemSharedMemoryRegisterRequest: MessageTable<SystemSharedMemoryRegisterRequest> =
  message<SystemSharedMemoryRegisterRequest>("inference.SystemSharedMemoryRegisterRequest", {
    name: { number: 1, type: "string" },
    key: { number: 2, type: "string" },
    offset: { number: 3, type: "uint64", as: "number" },
    byte_size: { number: 4, type: "uint64", as: "number" },
  });

export interface SystemSharedMemoryUnregisterRequest {
  readonly name: string;
}

export const systemSharedMemoryUnregisterRequest: MessageTable<SystemSharedMemoryUnregisterRequest> =
  message<SystemSharedMemoryUnregisterRequest>("inference.SystemSharedMemoryUnregisterRequest", {
    name: { number: 1, type: "string" },
  });

export interface CudaSharedMemoryStatusRequest {
  readonly name: string;
}

export const cudaSharedMemoryStatusRequest: MessageTable<CudaSharedMemoryStatusRequest> =
  message<CudaSharedMemoryStatusRequest>("inference.CudaSharedMemoryStatusRequest", {
    name: { number: 1, type: "string" },
  });

export interface CudaSharedMemoryStatusResponseRegionStatus {
  readonly name: string;
  readonly device_id: number;
  readonly byte_size: number;
}

const cudaSharedMemoryStatusResponseRegionStatus: MessageTable<CudaSharedMemoryStatusResponseRegionStatus> =
  message<CudaSharedMemoryStatusResponseRegionStatus>(
    "inference.CudaSharedMemoryStatusResponse.RegionStatus",
    {
      name: { number: 1, type: "string" },
      device_id: { number: 2, type: "uint64", as: "number" },
      byte_size: { number: 3, type: "uint64", as: "number" },
    },
  );

export interface CudaSharedMemoryStatusResponse {
  readonly regions: ReadonlyMap<string, CudaSharedMemoryStatusResponseRegionStatus>;
}

export const cudaSharedMemoryStatusResponse: MessageTable<CudaSharedMemoryStatusResponse> =
  message<CudaSharedMemoryStatusResponse>("inference.CudaSharedMemoryStatusResponse", {
    regions: { number: 1, type: cudaSharedMemoryStatusResponseRegionStatus, map: "string" },
  });

export interface CudaSharedMemoryRegisterRequest {
  readonly name: string;
  readonly raw_handle: Uint8Array;
  readonly device_id: number;
  readonly byte_size: number;
}

export const cudaSharedMemoryRegisterRequest: MessageTable<CudaSharedMemoryRegisterRequest> =
  message<CudaSharedMemoryRegisterRequest>("inference.CudaSharedMemoryRegisterRequest", {
    name: { number: 1, type: "string" },
    raw_handle: { number: 2, type: "bytes" },
    device_id: { number: 3, type: "int64", as: "number" },
    byte_size: { number: 4, type: "uint64", as: "number" },
  });

export interface CudaSharedMemoryUnregisterRequest {
  readonly name: string;
}

export const cudaSharedMemoryUnregisterRequest: MessageTable<CudaSharedMemoryUnregisterRequest> =
  message<CudaSharedMemoryUnregisterRequest>("inference.CudaSharedMemoryUnregisterRequest", {
    name: { number: 1, type: "string" },
  });

export interface TraceSettingRequestSettingValue {
  readonly value: readonly string[];
}

const traceSettingRequestSettingValue: MessageTable<TraceSettingRequestSettingValue> =
  message<TraceSettingRequestSettingValue>("inference.TraceSettingRequest.SettingValue", {
    value: { number: 1, type: "string", repeated: true },
  });

export interface TraceSettingRequest {
  readonly settings: ReadonlyMap<string, TraceSettingRequestSettingValue>;
  readonly model_name: string;
}

export const traceSettingRequest: MessageTable<TraceSettingRequest> = message<TraceSettingRequest>(
  "inference.TraceSettingRequest",
  {
    settings: { number: 1, type: traceSettingRequestSettingValue, map: "string" },
    model_name: { number: 2, type: "string" },
  },
);

export interface TraceSettingResponseSettingValue {
  readonly value: readonly string[];
}

const traceSettingResponseSettingValue: MessageTable<TraceSettingResponseSettingValue> =
  message<TraceSettingResponseSettingValue>("inference.TraceSettingResponse.SettingValue", {
    value: { number: 1, type: "string", repeated: true },
  });

export interface TraceSettingResponse {
  readonly settings: ReadonlyMap<string, TraceSettingResponseSettingValue>;
}

export const traceSettingResponse: MessageTable<TraceSettingResponse> = message<TraceSettingResponse>(
  "inference.TraceSettingResponse",
  {
    settings: { number: 1, type: traceSettingResponseSettingValue, map: "string" },
  },
);

export interface LogSettingsRequestSettingValue {
  readonly bool_param: boolean | undefined;
  readonly uint32_param: number | undefined;
  readonly string_param: string | undefined;
}

const logSettingsRequestSettingValue: MessageTable<LogSettingsRequestSettingValue> =
  message<LogSettingsRequestSettingValue>("inference.LogSettingsRequest.SettingValue", {
    bool_param: { number: 1, type: "bool", oneof: "parameter_choice" },
    uint32_param: { number: 2, type: "uint32", oneof: "parameter_choice" },
    string_param: { number: 3, type: "string", oneof: "parameter_choice" },
  });

export interface LogSettingsRequest {
  readonly settings: ReadonlyMap<string, LogSettingsRequestSettingValue>;
}

export const logSettingsRequest: MessageTable<LogSettingsRequest> = message<LogSettingsRequest>(
  "inference.LogSettingsRequest",
  {
    settings: { number: 1, type: logSettingsRequestSettingValue, map: "string" },
  },
);

export interface LogSettingsResponseSettingValue {
  readonly bool_param: boolean | undefined;
  readonly uint32_param: number | undefined;
  readonly string_param: string | undefined;
}

const logSettingsResponseSettingValue: MessageTable<LogSettingsResponseSettingValue> =
  message<LogSettingsResponseSettingValue>("inference.LogSettingsResponse.SettingValue", {
    bool_param: { number: 1, type: "bool", oneof: "parameter_choice" },
    uint32_param: { number: 2, type: "uint32", oneof: "parameter_choice" },
    string_param: { number: 3, type: "string", oneof: "parameter_choice" },
  });

export interface LogSettingsResponse {
  readonly settings: ReadonlyMap<string, LogSettingsResponseSettingValue>;
}

export const logSettingsResponse: MessageTable<LogSettingsResponse> = message<LogSettingsResponse>(
  "inference.LogSettingsResponse",
  {
    settings: { number: 1, type: logSettingsResponseSettingValue, map: "string" },
  },
);

export type SystemSharedMemoryRegisterResponse = Readonly<Record<string, never>>;

export const systemSharedMemoryRegisterResponse: MessageTable<SystemSharedMemoryRegisterResponse> =
  message<SystemSharedMemoryRegisterResponse>("inference.SystemSharedMemoryRegisterResponse", {});

export type SystemSharedMemoryUnregisterResponse = Readonly<Record<string, never>>;

export const systemSharedMemoryUnregisterResponse: MessageTable<SystemSharedMemoryUnregisterResponse> =
  message<SystemSharedMemoryUnregisterResponse>("inference.SystemSharedMemoryUnregisterResponse", {});

export type CudaSharedMemoryRegisterResponse = Readonly<Record<string, never>>;

export const cudaSharedMemoryRegisterResponse: MessageTable<CudaSharedMemoryRegisterResponse> =
  message<CudaSharedMemoryRegisterResponse>("inference.CudaSharedMemoryRegisterResponse", {});

export type CudaSharedMemoryUnregisterResponse = Readonly<Record<string, never>>;

export const cudaSharedMemoryUnregisterResponse: MessageTable<CudaSharedMemoryUnregisterResponse> =
  message<CudaSharedMemoryUnregisterResponse>("inference.CudaSharedMemoryUnregisterResponse", {});
