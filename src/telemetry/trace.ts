import { randomBytes } from "node:crypto";

/** The ids of one span, as W3C trace context carries them. */
export interface SpanIds {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits, not all zero. */
  readonly spanId: string;
  readonly sampled: boolean;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The ids of a `traceparent` header; undefined if it is not one, which then counts as absent.
 * Versions above 00 are read by their first four fields.
 *
 * @see W3C Trace Context, section 3.2.
 */
export function parseTraceparent(header: string): SpanIds | undefined {
  const match = FORM.exec(header);
  if (!match) return undefined;
  const [, version = "", traceId = "", spanId = "", flags = "", rest] = match;
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` header of a span. */
export function formatTraceparent({ traceId, spanId, sampled }: SpanIds): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** A new span of the caller's trace, or of a new trace if there is no caller. */
export function startSpan(parent?: SpanIds): SpanIds {
  if (parent) return { traceId: parent.traceId, spanId: randomHex(8), sampled: parent.sampled };
  return { traceId: randomHex(16), spanId: randomHex(8), sampled: true };
}

function randomHex(bytes: number): string {
  const hex = randomBytes(bytes).toString("hex");
  return /^0+$/.test(hex) ? randomHex(bytes) : hex;
}
