import { PlatformError, STATUS } from "../../base/index.ts";
import type { FailedRequest, HttpReply } from "../contract.ts";

/** The body of an error. @see RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
  readonly got?: string;
  readonly expected?: string;
  readonly hint?: string;
  /** Missing where the bytes were no request. */
  readonly requestId?: string;
}

/** A relative reference, so that it leads to this server's own page of errors. */
const TYPE_BASE = "/docs/errors#";

/** A thrown error as problem+json, with Retry-After where a retry makes sense. */
export function problemReply(thrown: unknown, request: FailedRequest): HttpReply {
  const error = PlatformError.from(thrown);
  const problem = problemOf(error, request.requestId, request.unrouted);
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (STATUS[error.code].retry || error.details.retryAfterMs !== undefined) {
    headers["retry-after"] = String(Math.max(1, Math.ceil((error.details.retryAfterMs ?? 1000) / 1000)));
  }
  return { status: problem.status, headers, body: JSON.stringify(problem) };
}

/** What an error tells, for a reply of its own or a line of a stream. */
export function problemOf(error: PlatformError, requestId?: string, status?: number): Problem {
  const { field, got, expected, hint } = error.details;
  return {
    type: `${TYPE_BASE}${error.code}`,
    title: STATUS[error.code].meaning,
    status: status ?? STATUS[error.code].http,
    detail: error.message,
    code: error.code,
    ...(field !== undefined && { field }),
    ...(got !== undefined && { got }),
    ...(expected !== undefined && { expected }),
    ...(hint !== undefined && { hint }),
    ...(requestId !== undefined && { requestId }),
  };
}
