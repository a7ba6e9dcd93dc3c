import { decodeMessage, PlatformError } from "../../base/index.ts";
import type { ControlPlane } from "../../model/index.ts";
import { answeredBy } from "../answered-by.ts";
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
      ...unaryMethods(inferenceService, "public", serverHandlers(planes, options)),
      ...unaryMethods(inferenceService, "viewer", modelHandlers(planes)),
      ...unaryMethods(inferenceService, "releaser", repositoryHandlers(planes)),
      ...unaryMethods(inferenceService, "viewer", UNSUPPORTED),
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
    access: "predictor",
    async handle(message, call) {
      const request = decodeMessage(modelInferRequest, message);
      const answer = await infer(planes, options, decodeGrpcCall(request), call.context);
      for (const [name, value] of Object.entries(answeredBy(answer))) call.setTrailer(name, value);
      return encodeInferResponse(answer, request.id);
    },
  };
}

function streamMethod(planes: Planes, options: OpenInferenceOptions): GrpcMethod {
  return {
    kind: "bidi",
    path: `/${inferenceService.name}/ModelStreamInfer`,
    access: "predictor",
    handle: (messages, call) => streamInfer(planes, options, messages, call),
  };
}

function serverHandlers({ control }: Planes, { version }: OpenInferenceOptions): Handlers {
  return {
    ServerLive: () => ({ live: true }),
    ServerReady: (_, { context }) => ({ ready: control(context.caller).isReady() }),
    ServerMetadata: () => ({ name: SERVER_NAME, version, extensions: EXTENSIONS }),
  };
}

function modelHandlers({ control }: Planes): Handlers {
  return {
    ModelReady: ({ name, version }, { context }) => {
      return { ready: isReadyOrUnknown(control(context.caller), name, grpcVersion(version)) };
    },
    ModelMetadata: ({ name, version }, { context }) => {
      return modelMetadata(control(context.caller), name, grpcVersion(version));
    },
    ModelConfig: ({ name, version }, { context }) => {
      const config = modelConfig(describe(control(context.caller), name, grpcVersion(version)));
      return { config: configFields(modelConfigTable, config) };
    },
    ModelStatistics: ({ name, version }, { context }) => {
      const model = name === "" ? undefined : name;
      const statistics = statisticsOf(control(context.caller), model, grpcVersion(version));
      return { model_stats: statistics.map(statisticsMessage) };
    },
    RepositoryIndex: ({ repository_name: repository, ready }, { context }) => {
      if (repository !== "") throw repositoryNameRefused();
      return { models: repositoryIndex(control(context.caller), ready) };
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
    RepositoryModelLoad: async (request, { context }) => {
      for (const name of request.parameters.keys()) {
        checkLoadParameter(name);
        throw refuse("invalid_argument", `unrecognized load parameter '${name}'.`, { field: name });
      }
      const model = repositoryModel(request);
      await loadModel(control(context.caller), model);
      return { model_name: model, isLoaded: true };
    },
    RepositoryModelUnload: async (request, { context }) => {
      const model = repositoryModel(request);
      await unloadModel(control(context.caller), model);
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
