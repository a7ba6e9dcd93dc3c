import type { SpanIds } from "./trace.ts";

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** One finished piece of a request. */
export interface Span {
  readonly ids: SpanIds;
  /** The span it is part of; undefined for the first of a trace. */
  readonly parentSpanId?: string;
  readonly name: string;
  /** "server": it answers a caller; "internal": a step of that. */
  readonly kind: "server" | "internal";
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  /** Why it failed; undefined if it did not. */
  readonly error?: string;
}

const KIND = { internal: 1, server: 2 };
const ERROR = 2;

/** Spans as the body of an OTLP/HTTP export, in JSON. @see opentelemetry-proto trace/v1, "OTLP/JSON". */
export function encodeSpans(spans: readonly Span[], resource: Attributes): string {
  const scopeSpans = [{ scope: { name: "sirve" }, spans: spans.map(encodeSpan) }];
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: encodeAttributes(resource) }, scopeSpans }],
  });
}

function encodeSpan({ ids, parentSpanId, name, kind, startMs, endMs, attributes, error }: Span): unknown {
  return {
    traceId: ids.traceId,
    spanId: ids.spanId,
    parentSpanId,
    name,
    kind: KIND[kind],
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(endMs),
    attributes: encodeAttributes(attributes),
    status: error === undefined ? {} : { code: ERROR, message: error },
  };
}

const encodeAttributes = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: encodeValue(value) }));

function encodeValue(value: string | number | boolean): unknown {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** fixed64 is a decimal string in OTLP's JSON; a double cannot hold nanoseconds since the epoch. */
function nanos(ms: number): string {
  const whole = Math.floor(ms);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)));
}
