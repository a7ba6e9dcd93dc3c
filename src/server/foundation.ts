import type { Clock, Deadlines } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import type { Logger, Metrics, Tracer } from "../telemetry/index.ts";

/** What all parts of one server stand on. */
export interface Foundation {
  readonly config: Config;
  /** Of Sirve. */
  readonly version: string;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer: Tracer | undefined;
}
