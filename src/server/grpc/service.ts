import type { Http2Session } from "node:http2";
import type { GrpcMethod, GrpcProtocol } from "../../protocols/index.ts";
import type { Metrics } from "../../telemetry/index.ts";
import type { Connections } from "../connections.ts";
import type { FrontService } from "../front.ts";
import type { MessageLimits } from "./frames.ts";

/** A method and the wire it belongs to. */
export interface GrpcEndpoint {
  readonly protocol: GrpcProtocol;
  readonly method: GrpcMethod;
}

/** What all calls of one gRPC server share. */
export interface GrpcService extends FrontService {
  readonly endpoints: ReadonlyMap<string, GrpcEndpoint>;
  readonly connections: Connections<Http2Session>;
  readonly limits: MessageLimits;
  readonly metrics: Pick<Metrics, "grpc">;
}
