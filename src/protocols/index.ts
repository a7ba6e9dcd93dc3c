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
export { nativeProtocol } from "./native/native.ts";
export type { NativeOptions } from "./native/options.ts";
export { type OpenInferenceOptions, openInferenceRest } from "./open-inference/rest.ts";
