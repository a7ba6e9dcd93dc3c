export { answeredBy } from "./answered-by.ts";
export type {
  FailedRequest,
  GrpcCall,
  GrpcMethod,
  GrpcProtocol,
  HttpProtocol,
  HttpReply,
  HttpRequest,
  HttpRoute,
  Planes,
} from "./contract.ts";
export { grpcHealth, healthService } from "./grpc/health.ts";
export { protoFile } from "./grpc/proto-file.ts";
export { printProto } from "./grpc/proto-text.ts";
export { grpcReflection } from "./grpc/reflection.ts";
export type { ServiceTable } from "./grpc/service-table.ts";
export { type GrpcStatus, statusOf } from "./grpc/status.ts";
export { mlflowScoring } from "./mlflow/mlflow.ts";
export { decodeCsv as decodeNativeCsv } from "./native/decode-csv.ts";
export { decodeJson as decodeNativeJson } from "./native/decode-json.ts";
export { describeLoaded } from "./native/describe.ts";
export { encodeJson as encodeNativeJson } from "./native/encode.ts";
export { nativeProtocol } from "./native/native.ts";
export type { ManagementDocument } from "./native/openapi.ts";
export { problemOf, problemReply } from "./native/problem.ts";
export { openInferenceGrpc } from "./open-inference/grpc.ts";
export { inferenceService } from "./open-inference/inference-service.ts";
export { type OpenInferenceOptions, openInferenceRest } from "./open-inference/rest.ts";
export { sageMaker } from "./sagemaker/sagemaker.ts";
export { tfServingRest } from "./tfserving/tfserving.ts";
export { torchServe } from "./torchserve/torchserve.ts";
export { vertex } from "./vertex/vertex.ts";
