import { decodeMessage, PlatformError } from "../../base/index.ts";
import type { ControlPlane } from "../../model/index.ts";
import type { GrpcMethod, GrpcProtocol, Planes } from "../contract.ts";
import { type UnaryHandlers, unaryMethods } from "../grpc/service-table.ts";
import type { GrpcStatus } from "../grpc/status.ts";
import { configFields } from "./config-fields.ts";
import { decodeGrpcCall, grpcVersion } from "./grpc-decode.ts";
import { encodeInferResponse } from "./grpc-encode.ts";
import { infer } from "./infer.ts";
import { modelInferRequest } from "./infer-messages.ts";
import { inferenceService } from "./inference-service.ts";
import { describe, EXTENSIONS, isModelReady, modelMetadata, SERVER_NAME } from "./metadata.ts";
import { modelConfig } from "./model-config.ts";
import { modelConfig as modelConfigTable } from "./model-config-messages.ts";
import { grpcStatus, refuse } from "./refusal.ts";
import {
  checkLoadParameter,
  loadModel,
  repositoryIndex,
  repositoryNameRefused,
  unloadModel,
} from "./repository.ts";
import type { OpenInferenceOptions } from "./rest.ts";
import { regionNotFound, sharedMemoryDisabled } from "./shared-memory.ts";
import { statisticsOf, type WireStatistics } from "./statistics.ts";
import { streamInfer } from "./stream-infer.ts";

/** The Open Inference Protocol, V2, over gRPC: package `inference`. */
export function openInferenceGrpc(planes: Planes, options: OpenInferenceOptions): GrpcProtocol {
  return {
    name: "open-inference-grpc",
    methods: [
      ...unaryMethods(inferenceService, serverHandlers(planes, options)),
      ...unaryMethods(inferenceService, repositoryHandlers(planes)),
      ...unaryMethods(inferenceService, UNSUPPORTED),
      inferMethod(planes, options),
      streamMethod(planes, options),
    ],
    failure: grpcFailure,
  };
}

/** The status of a thrown error on this wire. */
function grpcFailure(thrown: unknown): GrpcStatus {
  const error = PlatformError.from(thrown);
  return { code: grpcStatus(error), message: error.message };
}

type Handlers = UnaryHandlers<(typeof inferenceService)["methods"]>;

function inferMethod(planes: Planes, options: OpenInferenceOptions): GrpcMethod {
  return {
    kind: "unary",
    path: `/${inferenceService.name}/ModelInfer`,
    async handle(message, { context }) {
      const request = decodeMessage(modelInferRequest, message);
      const answer = await infer(planes, options, decodeGrpcCall(request), context);
      return encodeInferResponse(answer, request.id);
    },
  };
}

function streamMethod(planes: Planes, options: OpenInferenceOptions): GrpcMethod {
  return {
    kind: "bidi",
    path: `/${inferenceService.name}/ModelStreamInfer`,
    handle: (messages, call) => streamInfer(planes, options, messages, call),
  };
}

function serverHandlers({ control }: Planes, { version }: OpenInferenceOptions): Handlers {
  return {
    ServerLive: () => ({ live: true }),
    ServerReady: () => ({ ready: control.isReady() }),
    ServerMetadata: () => ({ name: SERVER_NAME, version, extensions: EXTENSIONS }),
    ModelReady: ({ name, version: text }) => ({ ready: isReadyOrUnknown(control, name, grpcVersion(text)) }),
    ModelMetadata: ({ name, version: text }) => modelMetadata(control, name, grpcVersion(text)),
    ModelConfig: ({ name, version: text }) => {
      const config = modelConfig(describe(control, name, grpcVersion(text)));
      return { config: configFields(modelConfigTable, config) };
    },
    ModelStatistics: ({ name, version: text }) => {
      const model = name === "" ? undefined : name;
      return { model_stats: statisticsOf(control, model, grpcVersion(text)).map(statisticsMessage) };
    },
  };
}

/** Stock clients ask about unloaded models and take an error for a failure, so unknown is not ready. */
function isReadyOrUnknown(control: ControlPlane, model: string, version: number | undefined): boolean {
  try {
    return isModelReady(control, model, version);
  } catch {
    return false;
  }
}

function statisticsMessage(stats: WireStatistics) {
  return { ...stats, response_stats: new Map<string, never>() };
}

function repositoryHandlers({ control }: Planes): Handlers {
  return {
    RepositoryIndex: ({ repository_name: repository, ready }) => {
      if (repository !== "") throw repositoryNameRefused();
      return { models: repositoryIndex(control, ready) };
    },
    RepositoryModelLoad: async (request) => {
      for (const name of request.parameters.keys()) {
        checkLoadParameter(name);
        throw refuse("invalid_argument", `unrecognized load parameter '${name}'.`, { field: name });
      }
      const model = repositoryModel(request);
      await loadModel(control, model);
      return { model_name: model, isLoaded: true };
    },
    RepositoryModelUnload: async (request) => {
      const model = repositoryModel(request);
      await unloadModel(control, model);
      return { model_name: model, isUnloaded: true };
    },
  };
}

/** The model of a load or unload. KServe's clients send it as field 1, which is the repository's name here. */
function repositoryModel(request: { readonly repository_name: string; readonly model_name: string }): string {
  const { repository_name: first, model_name: second } = request;
  if (second === "") return first;
  if (first !== "") throw repositoryNameRefused();
  return second;
}

const disabled = () => {
  throw sharedMemoryDisabled();
};

const UNSUPPORTED: Handlers = {
  SystemSharedMemoryStatus: ({ name }) => noRegions(name, "system "),
  SystemSharedMemoryRegister: disabled,
  SystemSharedMemoryUnregister: disabled,
  CudaSharedMemoryStatus: ({ name }) => noRegions(name, "cuda "),
  CudaSharedMemoryRegister: disabled,
  CudaSharedMemoryUnregister: disabled,
  TraceSetting: () => {
    throw refuse("unavailable", "the server does not support trace");
  },
  LogSettings: () => {
    throw refuse("unavailable", "the server does not support dynamic logging");
  },
};

function noRegions(name: string, kind: "system " | "cuda "): object {
  if (name !== "") throw regionNotFound(name, kind);
  return {};
}
