import type { ServiceTable } from "../grpc/service-table.ts";
import {
  modelConfigRequest,
  modelConfigResponse,
  modelMetadataRequest,
  modelMetadataResponse,
  modelReadyRequest,
  modelReadyResponse,
  repositoryIndexRequest,
  repositoryIndexResponse,
  repositoryModelLoadRequest,
  repositoryModelLoadResponse,
  repositoryModelUnloadRequest,
  repositoryModelUnloadResponse,
  serverLiveRequest,
  serverLiveResponse,
  serverMetadataRequest,
  serverMetadataResponse,
  serverReadyRequest,
  serverReadyResponse,
} from "./control-messages.ts";
import { modelInferRequest, modelInferResponse, modelStreamInferResponse } from "./infer-messages.ts";
import { modelStatisticsRequest, modelStatisticsResponse } from "./statistics-messages.ts";
import {
  cudaSharedMemoryRegisterRequest,
  cudaSharedMemoryRegisterResponse,
  cudaSharedMemoryStatusRequest,
  cudaSharedMemoryStatusResponse,
  cudaSharedMemoryUnregisterRequest,
  cudaSharedMemoryUnregisterResponse,
  logSettingsRequest,
  logSettingsResponse,
  systemSharedMemoryRegisterRequest,
  systemSharedMemoryRegisterResponse,
  systemSharedMemoryStatusRequest,
  systemSharedMemoryStatusResponse,
  systemSharedMemoryUnregisterRequest,
  systemSharedMemoryUnregisterResponse,
  traceSettingRequest,
  traceSettingResponse,
} from "./unsupported-messages.ts";

/**
 * The service of the Open Inference Protocol with its extensions.
 *
 * Source: triton-inference-server/common, protobuf/grpc_service.proto.
 */
export const inferenceService = {
  name: "inference.GRPCInferenceService",
  methods: {
    ServerLive: { input: serverLiveRequest, output: serverLiveResponse },
    ServerReady: { input: serverReadyRequest, output: serverReadyResponse },
    ModelReady: { input: modelReadyRequest, output: modelReadyResponse },
    ServerMetadata: { input: serverMetadataRequest, output: serverMetadataResponse },
    ModelMetadata: { input: modelMetadataRequest, output: modelMetadataResponse },
    ModelInfer: { input: modelInferRequest, output: modelInferResponse },
    ModelStreamInfer: { input: modelInferRequest, output: modelStreamInferResponse, stream: "both" },
    ModelConfig: { input: modelConfigRequest, output: modelConfigResponse },
    ModelStatistics: { input: modelStatisticsRequest, output: modelStatisticsResponse },
    RepositoryIndex: { input: repositoryIndexRequest, output: repositoryIndexResponse },
    RepositoryModelLoad: { input: repositoryModelLoadRequest, output: repositoryModelLoadResponse },
    RepositoryModelUnload: { input: repositoryModelUnloadRequest, output: repositoryModelUnloadResponse },
    SystemSharedMemoryStatus: {
      input: systemSharedMemoryStatusRequest,
      output: systemSharedMemoryStatusResponse,
    },
    SystemSharedMemoryRegister: {
      input: systemSharedMemoryRegisterRequest,
      output: systemSharedMemoryRegisterResponse,
    },
    SystemSharedMemoryUnregister: {
      input: systemSharedMemoryUnregisterRequest,
      output: systemSharedMemoryUnregisterResponse,
    },
    CudaSharedMemoryStatus: { input: cudaSharedMemoryStatusRequest, output: cudaSharedMemoryStatusResponse },
    CudaSharedMemoryRegister: {
      input: cudaSharedMemoryRegisterRequest,
      output: cudaSharedMemoryRegisterResponse,
    },
    CudaSharedMemoryUnregister: {
      input: cudaSharedMemoryUnregisterRequest,
      output: cudaSharedMemoryUnregisterResponse,
    },
    TraceSetting: { input: traceSettingRequest, output: traceSettingResponse },
    LogSettings: { input: logSettingsRequest, output: logSettingsResponse },
  },
} as const satisfies ServiceTable;
