export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  type LogStream,
  silentLogger,
} from "./log.ts";
export { type BuildInfo, createMetrics, type Metrics } from "./metrics.ts";
export type { Attributes, Span } from "./span.ts";
export { formatTraceparent, parseTraceparent, type SpanIds, startSpan } from "./trace.ts";
export { createTracer, type Tracer, type TracerOptions } from "./tracer.ts";
export type { Outcome, RequestTimes, VersionMetrics } from "./version-metrics.ts";
