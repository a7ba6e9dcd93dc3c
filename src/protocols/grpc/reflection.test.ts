import assert from "node:assert/strict";
import { test } from "node:test";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import type { ServiceDefinition } from "@grpc/proto-loader";
import { callStream, callUnary, oracleOf } from "../../../test/kit/call-grpc.ts";
import { encodeFileDescriptor } from "./descriptor.ts";
import { grpcHealth, healthService } from "./health.ts";
import { protoFile } from "./proto-file.ts";
import { grpcReflection, reflectionService } from "./reflection.ts";

const protocol = grpcReflection();

interface ReflectionAnswer {
  readonly list_services_response: { readonly service: readonly { readonly name: string }[] };
  readonly file_descriptor_response: { readonly file_descriptor_proto: readonly Buffer[] };
  readonly error_response: object;
}

async function ask(version: string, requests: readonly object[], service: ServiceDefinition) {
  const method = service["ServerReflectionInfo"];
  assert.ok(method);
  async function* messages() {
    for (const request of requests) yield method?.requestSerialize(request) ?? Buffer.alloc(0);
  }
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const { answers } = await callStream(protocol, path, messages());
  return answers.map((answer) => method.responseDeserialize(answer) as ReflectionAnswer);
}

/** The reflection messages in the codec of protobufjs. */
function reflectionOracle(version: string): ServiceDefinition {
  const service = reflectionService(`grpc.reflection.${version}`);
  return oracleOf([encodeFileDescriptor(protoFile(service))])[service.name] as ServiceDefinition;
}

for (const version of ["v1", "v1alpha"]) {
  test(`reflection ${version} lists the services and gives files that another codec loads`, async () => {
    const service = reflectionOracle(version);
    const [list, bySymbol, byMethod, byFile, missing] = await ask(
      version,
      [
        { list_services: "" },
        { file_containing_symbol: "inference.GRPCInferenceService" },
        { file_containing_symbol: "inference.GRPCInferenceService.ModelInfer" },
        { file_by_filename: "grpc/health/v1.proto" },
        { file_containing_symbol: "inference.Nothing" },
      ],
      service,
    );
    assert.deepEqual(
      list?.list_services_response.service.map(({ name }) => name),
      [
        "inference.GRPCInferenceService",
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
      ],
    );
    assert.deepEqual(bySymbol?.file_descriptor_response, byMethod?.file_descriptor_response);
    const files = [bySymbol, byFile].flatMap((answer) => {
      return answer?.file_descriptor_response.file_descriptor_proto ?? [];
    });
    const loaded = oracleOf(files);
    const infer = (loaded["inference.GRPCInferenceService"] as ServiceDefinition)["ModelStreamInfer"];
    assert.deepEqual([infer?.requestStream, infer?.responseStream], [true, true]);
    assertMaps(files);
    assert.ok(loaded["inference.ModelConfig"] && loaded["grpc.health.v1.HealthCheckRequest"]);
    assert.deepEqual(missing?.error_response, {
      error_code: 5,
      error_message: "inference.Nothing is not found",
    });
  });
}

/** Maps, oneofs and enums as @bufbuild/protobuf understands the descriptor of the inference service. */
function assertMaps(files: readonly Uint8Array[]): void {
  const file = files
    .map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes))
    .find(({ package: own }) => own === "inference");
  assert.ok(file);
  const request = createFileRegistry(file, () => undefined).getMessage("inference.ModelInferRequest");
  const parameters = request?.fields.find(({ name }) => name === "parameters");
  assert.ok(parameters?.fieldKind === "map" && parameters.mapKind === "message");
  assert.deepEqual(
    parameters.message.oneofs.map(({ name, fields }) => [name, fields.length]),
    [["parameter_choice", 5]],
  );
}

test("health answers for the server and each service, and does not know others", async () => {
  const oracle = oracleOf([encodeFileDescriptor(protoFile(healthService))]);
  const check = (oracle["grpc.health.v1.Health"] as ServiceDefinition)["Check"];
  assert.ok(check);
  for (const isReady of [true, false]) {
    const health = grpcHealth({ isReady: () => isReady });
    for (const service of ["", "inference.GRPCInferenceService"]) {
      const answer = await callUnary(
        health,
        "/grpc.health.v1.Health/Check",
        check.requestSerialize({ service }),
      );
      assert.ok(Buffer.isBuffer(answer.message));
      assert.deepEqual(check.responseDeserialize(answer.message), {
        status: isReady ? "SERVING" : "NOT_SERVING",
      });
    }
    assert.deepEqual(
      await callUnary(health, "/grpc.health.v1.Health/Check", check.requestSerialize({ service: "x" })),
      {
        code: 5,
        message: "unknown service 'x'",
      },
    );
  }
});
