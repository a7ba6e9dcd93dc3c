import { type MessageTable, message } from "../../base/index.ts";
import { type ModelConfigFields, modelConfig } from "./model-config-messages.ts";

/*
 * Messages of health, metadata and the repository.
 * Source: triton-inference-server/common, protobuf/grpc_service.proto.
 */

export interface ServerLiveResponse {
  readonly live: boolean;
}

export const serverLiveResponse: MessageTable<ServerLiveResponse> = message<ServerLiveResponse>(
  "inference.ServerLiveResponse",
  {
    live: { number: 1, type: "bool" },
  },
);

export interface ServerReadyResponse {
  readonly ready: boolean;
}

export const serverReadyResponse: MessageTable<ServerReadyResponse> = message<ServerReadyResponse>(
  "inference.ServerReadyResponse",
  {
    ready: { number: 1, type: "bool" },
  },
);

export interface ModelReadyRequest {
  readonly name: string;
  readonly version: string;
}

export const modelReadyRequest: MessageTable<ModelReadyRequest> = message<ModelReadyRequest>(
  "inference.ModelReadyRequest",
  {
    name: { number: 1, type: "string" },
    version: { number: 2, type: "string" },
  },
);

export interface ModelReadyResponse {
  readonly ready: boolean;
}

export const modelReadyResponse: MessageTable<ModelReadyResponse> = message<ModelReadyResponse>(
  "inference.ModelReadyResponse",
  {
    ready: { number: 1, type: "bool" },
  },
);

export interface ServerMetadataResponse {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}

export const serverMetadataResponse: MessageTable<ServerMetadataResponse> = message<ServerMetadataResponse>(
  "inference.ServerMetadataResponse",
  {
    name: { number: 1, type: "string" },
    version: { number: 2, type: "string" },
    extensions: { number: 3, type: "string", repeated: true },
  },
);

export interface ModelMetadataRequest {
  readonly name: string;
  readonly version: string;
}

export const modelMetadataRequest: MessageTable<ModelMetadataRequest> = message<ModelMetadataRequest>(
  "inference.ModelMetadataRequest",
  {
    name: { number: 1, type: "string" },
    version: { number: 2, type: "string" },
  },
);

export interface ModelMetadataResponseTensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

const modelMetadataResponseTensorMetadata: MessageTable<ModelMetadataResponseTensorMetadata> =
  message<ModelMetadataResponseTensorMetadata>("inference.ModelMetadataResponse.TensorMetadata", {
    name: { number: 1, type: "string" },
    datatype: { number: 2, type: "string" },
    shape: { number: 3, type: "int64", repeated: true, as: "number" },
  });

export interface ModelMetadataResponse {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly ModelMetadataResponseTensorMetadata[];
  readonly outputs: readonly ModelMetadataResponseTensorMetadata[];
  readonly properties: ReadonlyMap<string, string>;
}

export const modelMetadataResponse: MessageTable<ModelMetadataResponse> = message<ModelMetadataResponse>(
  "inference.ModelMetadataResponse",
  {
    name: { number: 1, type: "string" },
    versions: { number: 2, type: "string", repeated: true },
    platform: { number: 3, type: "string" },
    inputs: { number: 4, type: modelMetadataResponseTensorMetadata, repeated: true },
    outputs: { number: 5, type: modelMetadataResponseTensorMetadata, repeated: true },
    properties: { number: 6, type: "string", map: "string" },
  },
);

export interface ModelConfigRequest {
  readonly name: string;
  readonly version: string;
}

export const modelConfigRequest: MessageTable<ModelConfigRequest> = message<ModelConfigRequest>(
  "inference.ModelConfigRequest",
  {
    name: { number: 1, type: "string" },
    version: { number: 2, type: "string" },
  },
);

export interface ModelConfigResponse {
  readonly config: ModelConfigFields | undefined;
}

export const modelConfigResponse: MessageTable<ModelConfigResponse> = message<ModelConfigResponse>(
  "inference.ModelConfigResponse",
  {
    config: { number: 1, type: modelConfig },
  },
);

export interface ModelRepositoryParameter {
  readonly bool_param: boolean | undefined;
  readonly int64_param: bigint | undefined;
  readonly string_param: string | undefined;
  readonly bytes_param: Uint8Array | undefined;
}

const modelRepositoryParameter: MessageTable<ModelRepositoryParameter> = message<ModelRepositoryParameter>(
  "inference.ModelRepositoryParameter",
  {
    bool_param: { number: 1, type: "bool", oneof: "parameter_choice" },
    int64_param: { number: 2, type: "int64", oneof: "parameter_choice" },
    string_param: { number: 3, type: "string", oneof: "parameter_choice" },
    bytes_param: { number: 4, type: "bytes", oneof: "parameter_choice" },
  },
);

export interface RepositoryIndexRequest {
  readonly repository_name: string;
  readonly ready: boolean;
}

export const repositoryIndexRequest: MessageTable<RepositoryIndexRequest> = message<RepositoryIndexRequest>(
  "inference.RepositoryIndexRequest",
  {
    repository_name: { number: 1, type: "string" },
    ready: { number: 2, type: "bool" },
  },
);

export interface RepositoryIndexResponseModelIndex {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

const repositoryIndexResponseModelIndex: MessageTable<RepositoryIndexResponseModelIndex> =
  message<RepositoryIndexResponseModelIndex>("inference.RepositoryIndexResponse.ModelIndex", {
    name: { number: 1, type: "string" },
    version: { number: 2, type: "string" },
    state: { number: 3, type: "string" },
    reason: { number: 4, type: "string" },
  });

export interface RepositoryIndexResponse {
  readonly models: readonly RepositoryIndexResponseModelIndex[];
}

export const repositoryIndexResponse: MessageTable<RepositoryIndexResponse> =
  message<RepositoryIndexResponse>("inference.RepositoryIndexResponse", {
    models: { number: 1, type: repositoryIndexResponseModelIndex, repeated: true },
  });

export interface RepositoryModelLoadRequest {
  readonly repository_name: string;
  readonly model_name: string;
  readonly parameters: ReadonlyMap<string, ModelRepositoryParameter>;
}

export const repositoryModelLoadRequest: MessageTable<RepositoryModelLoadRequest> =
  message<RepositoryModelLoadRequest>("inference.RepositoryModelLoadRequest", {
    repository_name: { number: 1, type: "string" },
    model_name: { number: 2, type: "string" },
    parameters: { number: 3, type: modelRepositoryParameter, map: "string" },
  });

export interface RepositoryModelUnloadRequest {
  readonly repository_name: string;
  readonly model_name: string;
  readonly parameters: ReadonlyMap<string, ModelRepositoryParameter>;
}

export const repositoryModelUnloadRequest: MessageTable<RepositoryModelUnloadRequest> =
  message<RepositoryModelUnloadRequest>("inference.RepositoryModelUnloadRequest", {
    repository_name: { number: 1, type: "string" },
    model_name: { number: 2, type: "string" },
    parameters: { number: 3, type: modelRepositoryParameter, map: "string" },
  });

export type ServerLiveRequest = Readonly<Record<string, never>>;

export const serverLiveRequest: MessageTable<ServerLiveRequest> = message<ServerLiveRequest>(
  "inference.ServerLiveRequest",
  {},
);

export type ServerReadyRequest = Readonly<Record<string, never>>;

export const serverReadyRequest: MessageTable<ServerReadyRequest> = message<ServerReadyRequest>(
  "inference.ServerReadyRequest",
  {},
);

export type ServerMetadataRequest = Readonly<Record<string, never>>;

export const serverMetadataRequest: MessageTable<ServerMetadataRequest> = message<ServerMetadataRequest>(
  "inference.ServerMetadataRequest",
  {},
);

/** Empty on Triton; the fields are those of KServe, whose clients read them. */
export interface RepositoryModelLoadResponse {
  readonly model_name: string;
  readonly isLoaded: boolean;
}

export const repositoryModelLoadResponse: MessageTable<RepositoryModelLoadResponse> =
  message<RepositoryModelLoadResponse>("inference.RepositoryModelLoadResponse", {
    model_name: { number: 1, type: "string" },
    isLoaded: { number: 2, type: "bool", protoName: "isLoaded" },
  });

/** Empty on Triton; the fields are those of KServe, whose clients read them. */
export interface RepositoryModelUnloadResponse {
  readonly model_name: string;
  readonly isUnloaded: boolean;
}

export const repositoryModelUnloadResponse: MessageTable<RepositoryModelUnloadResponse> =
  message<RepositoryModelUnloadResponse>("inference.RepositoryModelUnloadResponse", {
    model_name: { number: 1, type: "string" },
    isUnloaded: { number: 2, type: "bool", protoName: "isUnloaded" },
  });
