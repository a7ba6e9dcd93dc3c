import { STATUS_CODES } from "node:http";
import { PlatformError, STATUS } from "../../base/index.ts";
import type { FailedRequest, HttpReply } from "../../protocols/index.ts";

/** An error as problem+json, for what no protocol owns. @see RFC 9457. */
export function problemReply(thrown: unknown, { requestId, unrouted }: FailedRequest): HttpReply {
  const error = PlatformError.from(thrown);
  const status = unrouted ?? STATUS[error.code].http;
  const { retryAfterMs } = error.details;
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (retryAfterMs !== undefined) headers["retry-after"] = String(Math.ceil(retryAfterMs / 1000));
  return { status, headers, body: printProblem(error, status, requestId) };
}

/** The body of a problem; `requestId` undefined where there was no request. */
export function printProblem(
  { code, message, details }: PlatformError,
  status: number,
  requestId?: string,
): string {
  const { field, got, expected, hint } = details;
  const title = STATUS_CODES[status] ?? "Client Closed Request";
  return JSON.stringify({
    type: "about:blank",
    title,
    status,
    detail: message,
    code,
    field,
    got,
    expected,
    requestId,
    hint,
  });
}
