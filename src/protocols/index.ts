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
