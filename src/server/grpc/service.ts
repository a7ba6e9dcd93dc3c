import type { Http2Session } from "node:http2";
import type { Clock, Deadlines } from "../../base/index.ts";
import type { GrpcMethod, GrpcProtocol } from "../../protocols/index.ts";
import type { Logger, Metrics, Tracer } from "../../telemetry/index.ts";
import type { Connections } from "../connections.ts";
import type { MessageLimits } from "./frames.ts";

/** A method and the wire it belongs to. */
export interface GrpcEndpoint {
  readonly protocol: GrpcProtocol;
  readonly method: GrpcMethod;
}

/** What all calls of one gRPC server share. */
export interface GrpcService {
  readonly endpoints: ReadonlyMap<string, GrpcEndpoint>;
  readonly connections: Connections<Http2Session>;
  readonly limits: MessageLimits;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, "grpc">;
  readonly tracer: Tracer | undefined;
  /** Longest a unary call may take; 0: no limit. */
  readonly deadlineMs: number;
  readonly logRequests: boolean;
}
