import type { Socket } from "node:net";
import type { Clock, Deadlines } from "../../base/index.ts";
import type { Logger, Metrics, Tracer } from "../../telemetry/index.ts";
import type { Connections } from "../connections.ts";
import type { OriginRules } from "../origin.ts";
import type { BodyLimits } from "./body.ts";
import type { RouteTable } from "./routes.ts";

/** What all requests of one HTTP server share. */
export interface HttpService {
  readonly routes: RouteTable;
  readonly rules: OriginRules;
  readonly connections: Connections<Socket>;
  readonly limits: BodyLimits;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, "http">;
  readonly tracer: Tracer | undefined;
  /** Longest a request may take; 0: no limit. */
  readonly deadlineMs: number;
  /** Longest a client may take to accept a reply. */
  readonly stallMs: number;
  readonly logRequests: boolean;
  /** The server takes no further requests on a connection. */
  isClosing: boolean;
}
