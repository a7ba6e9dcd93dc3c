import type { Access } from "../access/index.ts";
import type { Clock, Deadlines } from "../base/index.ts";
import type { Logger, Tracer } from "../telemetry/index.ts";
import type { ListenAddress } from "./listen.ts";
import type { TlsFiles } from "./tls.ts";

/** A server of one transport that is made, and listens when told to. */
export interface Front {
  /** Requests under way. */
  readonly active: number;
  /** @throws PlatformError `failed_precondition` if the address is refused or the port is taken. */
  listen(): Promise<ListenAddress>;
  /**
   * Takes no new connection or request, lets running requests end for `graceMs`, then ends them
   * with `unavailable` and closes what is left. May be called once.
   */
  close(graceMs: number): Promise<void>;
  /** Ends running requests with `unavailable` now. */
  interrupt(): void;
}

/** What the requests of every transport need of their server. */
export interface FrontService {
  /** Who may do what. */
  readonly access: Access;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer?: Tracer | undefined;
  /** Longest a request or unary call may take, queue and run together; 0: no limit. */
  readonly deadlineMs: number;
  /** One log line per request. */
  readonly logRequests: boolean;
}

/** What every transport is made with. */
export interface FrontOptions extends FrontService {
  /** Allows an address beyond loopback. */
  readonly insecure: boolean;
  /** Certificates; undefined: no TLS. */
  readonly tls?: TlsFiles | undefined;
  /** Bytes of large bodies or messages held at once; default: sixteen of the largest size. */
  readonly maxHeldBytes?: number;
}
