export {
  createLogger,
  type Logger,
  silentLogger,
} from "./log.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
export type { Attributes, Span } from "./span.ts";
export { formatTraceparent, parseTraceparent, type SpanIds, startSpan } from "./trace.ts";
export { createTracer, type Tracer } from "./tracer.ts";
export { countedQuantile, loadBetween, type VersionLoad } from "./version-load.ts";
export type { VersionReading } from "./version-reading.ts";
