import assert from "node:assert/strict";
import { loadSync, type ServiceDefinition } from "@grpc/proto-loader";
import { openInferenceGrpc } from "../../src/protocols/index.ts";
import { callUnary, ORACLE_OPTIONS } from "./call-grpc.ts";
import { fakePlanes } from "./fake-planes.ts";
import { openInferenceModels, openInferenceSetUp } from "./open-inference.ts";

/** The codec of protobufjs with a file written by hand: an oracle independent of our tables. */
const oracle = loadSync("test/artifacts/inference.proto", ORACLE_OPTIONS);
/** The same with the file that our tables print, for what the other leaves out. */
const printed = loadSync("proto/inference.proto", ORACLE_OPTIONS);
const { ModelConfig, RepositoryModelLoad, RepositoryModelUnload } = printed[
  "inference.GRPCInferenceService"
] as ServiceDefinition;
/** The RPCs in the codec of protobufjs. */
export const inferenceOracle: Readonly<Record<string, typeof ModelConfig>> = {
  ...(oracle["inference.GRPCInferenceService"] as ServiceDefinition),
  ModelConfig,
  RepositoryModelLoad, // With the fields that KServe's clients read in the answer.
  RepositoryModelUnload,
};
const { options, clock: manual } = openInferenceSetUp();
/** The clock of the wire's deadlines. */
export const clock = manual;
const planes = fakePlanes(openInferenceModels);
/** The gRPC wire over fake planes. */
export const inferenceProtocol = openInferenceGrpc(planes, options);
/** The path of an RPC. */
export const pathOf = (name: string): string => `/inference.GRPCInferenceService/${name}`;

/** Calls one RPC with messages of the oracle's codec. */
export async function rpc(name: string, request: object): Promise<Record<string, unknown>> {
  const method = inferenceOracle[name];
  assert.ok(method, name);
  const answer = await callUnary(inferenceProtocol, pathOf(name), method.requestSerialize(request));
  if ("code" in answer) return answer;
  return method.responseDeserialize(answer.message) as Record<string, unknown>;
}

/** A row of two FP32. */
export const floats = Buffer.from(Float32Array.of(1.5, -2).buffer);
/** The description of that row. */
export const head = { name: "IN", datatype: "FP32", shape: [1, 2] };
/** A request with raw contents. */
export const raw = (model_name: string, rest: object = {}): object => ({
  model_name,
  inputs: [head],
  raw_input_contents: [floats],
  ...rest,
});
/** A request with typed contents. */
export const typed = (model_name: string, datatype: string, contents: object): object => ({
  model_name,
  inputs: [{ name: "IN", datatype, shape: [1, 2], contents }],
});
