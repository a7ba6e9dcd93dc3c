import type { ErrorCode } from "../base/index.ts";

/** A code of docs/errors.md; a newer server may have others. */
export type SirveErrorCode = ErrorCode | (string & Record<never, never>);

/** What a failed call knows besides its message. */
export interface SirveErrorDetails {
  /** Status of the answer; 0 if none came. */
  readonly status: number;
  /** Such as `not_found`; `unavailable` if no server answered. */
  readonly code: SirveErrorCode;
  readonly field?: string;
  readonly got?: string;
  readonly expected?: string;
  readonly hint?: string;
  readonly requestId?: string;
  /** After how long the server says that a retry makes sense. */
  readonly retryAfterMs?: number;
}

/** The one error of the client: the server's own words, or that none answered. */
export class SirveError extends Error {
  readonly details: SirveErrorDetails;

  constructor(message: string, details: SirveErrorDetails, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "SirveError";
    this.details = details;
  }

  get code(): SirveErrorCode {
    return this.details.code;
  }

  get status(): number {
    return this.details.status;
  }

  get hint(): string | undefined {
    return this.details.hint;
  }

  get requestId(): string | undefined {
    return this.details.requestId;
  }
}

const TEXT_FIELDS = ["field", "got", "expected", "hint", "requestId"] as const;

/** The error that an answer of status 400 or more tells: problem+json, Open Inference's `error`, or plain text. */
export async function errorOf(reply: Response, path: string): Promise<SirveError> {
  const problem = objectIn(await reply.text().catch(() => ""));
  const details = detailsOf(problem);
  const requestId = details["requestId"] ?? reply.headers.get("x-request-id") ?? undefined;
  const retryAfter = Number(reply.headers.get("retry-after") ?? Number.NaN);
  return new SirveError(messageOf(problem, reply.status, path), {
    ...details,
    status: reply.status,
    code: textOf(problem["code"]) ?? codeOf(reply.status),
    ...(requestId !== undefined && { requestId }),
    ...(Number.isFinite(retryAfter) && { retryAfterMs: Math.max(0, retryAfter) * 1000 }),
  });
}

/** The error that an event or a line of a stream tells, which is a problem as well. */
export function errorIn(data: unknown): SirveError {
  const problem = typeof data === "object" && data !== null ? { ...data } : {};
  const { status, code } = problem as Readonly<Record<string, unknown>>;
  const number = typeof status === "number" ? status : 500;
  return new SirveError(messageOf(problem, number, "the rest of the stream"), {
    ...detailsOf(problem),
    status: number,
    code: textOf(code) ?? codeOf(number),
  });
}

function detailsOf(problem: Readonly<Record<string, unknown>>): Record<string, string> {
  const details: Record<string, string> = {};
  for (const name of TEXT_FIELDS) {
    const value = textOf(problem[name]);
    if (value !== undefined) details[name] = value;
  }
  return details;
}

function messageOf(problem: Readonly<Record<string, unknown>>, status: number, path: string): string {
  const told = textOf(problem["detail"]) ?? textOf(problem["error"]) ?? textOf(problem["title"]);
  return told ?? `${MEANINGS.get(status) ?? ""}the server answered ${status} to ${path}`;
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

/** What an answer without words says, as those to HEAD are. */
const MEANINGS = new Map([
  [401, "no key that counts was shown: "],
  [403, "the caller may not do this: "],
  [404, "it is not there: "],
]);

const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const CODES = new Map([
  [401, "unauthenticated"],
  [403, "permission_denied"],
  [404, "not_found"],
  [409, "already_exists"],
  [412, "aborted"],
  [413, "too_large"],
  [429, "resource_exhausted"],
  [507, "disk_full"],
  [501, "unimplemented"],
  [503, "unavailable"],
  [504, "deadline_exceeded"],
]);

const codeOf = (status: number) => CODES.get(status) ?? (status < 500 ? "invalid_argument" : "internal");
