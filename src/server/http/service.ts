import type { Socket } from "node:net";
import type { Metrics } from "../../telemetry/index.ts";
import type { Connections } from "../connections.ts";
import type { FrontService } from "../front.ts";
import type { OriginRules } from "../origin.ts";
import type { BodyLimits } from "./body.ts";
import type { RouteTable } from "./routes.ts";

/** What all requests of one HTTP server share. */
export interface HttpService extends FrontService {
  readonly routes: RouteTable;
  readonly rules: OriginRules;
  readonly connections: Connections<Socket>;
  readonly limits: BodyLimits;
  readonly metrics: Pick<Metrics, "http">;
  /** Longest a client may take to accept a reply. */
  readonly stallMs: number;
  /** How long browsers are to use nothing but TLS; 0 without TLS. */
  readonly hstsSeconds: number;
  /** The server takes no further requests on a connection. */
  isClosing: boolean;
}
