import type { HeaderFields } from "../context.ts";
import type { OriginRules } from "../origin.ts";

/** What a page of an allowed foreign origin may read of a reply. */
const EXPOSED =
  "x-request-id, traceparent, retry-after, server-timing, x-sirve-cost-us, inference-header-content-length";
const TOKENS = /^[a-zA-Z0-9!#$%&'*+.^_`|~, -]{1,1000}$/;
const PREFLIGHT_SECONDS = 600;

/** Headers that let a page of an allowed foreign origin read the reply; undefined where nothing is to be said. */
export function crossOriginHeaders(
  rules: OriginRules,
  origin: string | undefined,
): readonly string[] | undefined {
  if (origin === undefined || !rules.isForeignAllowed(origin)) return undefined;
  return ["access-control-allow-origin", origin, "access-control-expose-headers", EXPOSED, "vary", "origin"];
}

/** Headers that answer a preflight of an allowed foreign origin. @see Fetch standard, "CORS-preflight fetch". */
export function preflightHeaders(headers: HeaderFields, allow: string): Record<string, string> {
  const asked = headers["access-control-request-headers"] ?? "";
  return {
    "access-control-allow-methods": allow,
    "access-control-max-age": String(PREFLIGHT_SECONDS),
    ...(TOKENS.test(asked) && { "access-control-allow-headers": asked }),
  };
}
