import {
  type Draft,
  decodeMessage,
  encodeMessage,
  type MessageTable,
  message,
  STATUS,
} from "../../base/index.ts";
import type { GrpcMethod, GrpcProtocol } from "../contract.ts";
import { inferenceService } from "../open-inference/inference-service.ts";
import { encodeFileDescriptor } from "./descriptor.ts";
import { healthService } from "./health.ts";
import { type ProtoFile, protoFile } from "./proto-file.ts";
import type { ServiceTable } from "./service-table.ts";
import { statusOf } from "./status.ts";

/*
 * Source: grpc/grpc, src/proto/grpc/reflection/v1/reflection.proto; v1alpha differs by its package only.
 */

interface ReflectionRequest {
  readonly host: string;
  readonly file_by_filename: string | undefined;
  readonly file_containing_symbol: string | undefined;
  readonly file_containing_extension:
    | { readonly containing_type: string; readonly extension_number: number }
    | undefined;
  readonly all_extension_numbers_of_type: string | undefined;
  readonly list_services: string | undefined;
}

interface ReflectionResponse {
  readonly valid_host: string;
  readonly original_request: ReflectionRequest | undefined;
  readonly file_descriptor_response: { readonly file_descriptor_proto: readonly Uint8Array[] } | undefined;
  readonly all_extension_numbers_response:
    | { readonly base_type_name: string; readonly extension_number: Int32Array }
    | undefined;
  readonly list_services_response: { readonly service: readonly { readonly name: string }[] } | undefined;
  readonly error_response: { readonly error_code: number; readonly error_message: string } | undefined;
}

const PACKAGES = ["grpc.reflection.v1", "grpc.reflection.v1alpha"] as const;

/** Server reflection of these services, for grpcurl and the like: descriptors printed from the codec's own tables. */
export function grpcReflection(
  services: readonly ServiceTable[] = [inferenceService, healthService],
): GrpcProtocol {
  const own = PACKAGES.map(reflectionService);
  const files = [...services, ...own].map(protoFile);
  return {
    name: "grpc-reflection",
    methods: own.map((service) => reflectionMethod(service, files)),
    failure: statusOf,
  };
}

function reflectionMethod(service: ReflectionService, files: readonly ProtoFile[]): GrpcMethod {
  const { input, output } = service.methods.ServerReflectionInfo;
  return {
    kind: "bidi",
    path: `/${service.name}/ServerReflectionInfo`,
    access: "viewer",
    async *handle(messages) {
      for await (const bytes of messages) {
        const request = decodeMessage(input, bytes);
        const answer = { valid_host: request.host, original_request: request, ...answerTo(request, files) };
        yield encodeMessage(output, answer);
      }
    },
  };
}

function answerTo(request: ReflectionRequest, files: readonly ProtoFile[]): Draft<ReflectionResponse> {
  const {
    file_by_filename: path,
    file_containing_symbol: symbol,
    all_extension_numbers_of_type: extended,
  } = request;
  if (request.list_services !== undefined) {
    return { list_services_response: { service: files.map(({ service }) => ({ name: service.name })) } };
  }
  const byPath = files.find((file) => file.path === path);
  const bySymbol = files.find((file) => symbol !== undefined && declares(file, symbol));
  if (path !== undefined) return fileAnswer(path, byPath);
  if (symbol !== undefined) return fileAnswer(symbol, bySymbol);
  if (extended !== undefined && files.some((file) => file.byName.has(extended))) {
    return { all_extension_numbers_response: { base_type_name: extended, extension_number: [] } };
  }
  return fileAnswer(extended ?? request.file_containing_extension?.containing_type ?? "nothing", undefined);
}

function declares({ service, byName }: ProtoFile, symbol: string): boolean {
  if (symbol === service.name || byName.has(symbol)) return true;
  const method = symbol.startsWith(`${service.name}.`) ? symbol.slice(service.name.length + 1) : "";
  return Object.hasOwn(service.methods, method);
}

function fileAnswer(wanted: string, file: ProtoFile | undefined): Draft<ReflectionResponse> {
  if (file) return { file_descriptor_response: { file_descriptor_proto: [encodeFileDescriptor(file)] } };
  return { error_response: { error_code: STATUS.not_found.grpc, error_message: `${wanted} is not found` } };
}

type ReflectionService = ServiceTable<{
  readonly ServerReflectionInfo: {
    readonly input: MessageTable<ReflectionRequest>;
    readonly output: MessageTable<ReflectionResponse>;
    readonly stream: "both";
  };
}>;

/** The reflection service in one of its packages. */
export function reflectionService(name: string): ReflectionService {
  return {
    name: `${name}.ServerReflection`,
    methods: {
      ServerReflectionInfo: { input: requestTable(name), output: responseTable(name), stream: "both" },
    },
  };
}

function requestTable(name: string): MessageTable<ReflectionRequest> {
  const oneof = "message_request";
  return message<ReflectionRequest>(`${name}.ServerReflectionRequest`, {
    host: { number: 1, type: "string" },
    file_by_filename: { number: 3, type: "string", oneof },
    file_containing_symbol: { number: 4, type: "string", oneof },
    file_containing_extension: {
      number: 5,
      oneof,
      type: message<{ containing_type: string; extension_number: number }>(`${name}.ExtensionRequest`, {
        containing_type: { number: 1, type: "string" },
        extension_number: { number: 2, type: "int32" },
      }),
    },
    all_extension_numbers_of_type: { number: 6, type: "string", oneof },
    list_services: { number: 7, type: "string", oneof },
  });
}

function responseTable(name: string): MessageTable<ReflectionResponse> {
  const oneof = "message_response";
  const numbers = message<{ base_type_name: string; extension_number: Int32Array }>(
    `${name}.ExtensionNumberResponse`,
    {
      base_type_name: { number: 1, type: "string" },
      extension_number: { number: 2, type: "int32", repeated: true },
    },
  );
  const descriptors = message<{ file_descriptor_proto: readonly Uint8Array[] }>(
    `${name}.FileDescriptorResponse`,
    {
      file_descriptor_proto: { number: 1, type: "bytes", repeated: true },
    },
  );
  const service = message<{ name: string }>(`${name}.ServiceResponse`, {
    name: { number: 1, type: "string" },
  });
  const services = message<{ service: readonly { name: string }[] }>(`${name}.ListServiceResponse`, {
    service: { number: 1, type: service, repeated: true },
  });
  const error = message<{ error_code: number; error_message: string }>(`${name}.ErrorResponse`, {
    error_code: { number: 1, type: "int32" },
    error_message: { number: 2, type: "string" },
  });
  return message<ReflectionResponse>(`${name}.ServerReflectionResponse`, {
    valid_host: { number: 1, type: "string" },
    original_request: { number: 2, type: requestTable(name) },
    file_descriptor_response: { number: 4, type: descriptors, oneof },
    all_extension_numbers_response: { number: 5, type: numbers, oneof },
    list_services_response: { number: 6, type: services, oneof },
    error_response: { number: 7, type: error, oneof },
  });
}
