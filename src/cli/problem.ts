import { type ErrorCode, PlatformError, STATUS } from "../base/index.ts";
import type { RequestFailure } from "./exit-code.ts";
import type { ClientReply } from "./http-client.ts";

const TEXT_FIELDS = ["field", "got", "expected", "hint"] as const;

/**
 * The error that an answer of status 400 or more tells: problem+json of the native API, the
 * `error` field of Open Inference, or plain text.
 *
 * Source: RFC 9457; Open Inference Protocol, "Inference Response JSON Error Object".
 */
export function problemOf(reply: ClientReply, path: string): PlatformError {
  const problem = objectIn(reply.body);
  const code = codeOf(problem["code"], reply.status);
  const message = textOf(problem["detail"]) ?? textOf(problem["error"]) ?? textOf(problem["title"]);
  const details: Partial<Record<(typeof TEXT_FIELDS)[number], string>> = {};
  for (const name of TEXT_FIELDS) {
    const text = textOf(problem[name]);
    if (text !== undefined) details[name] = text;
  }
  const requestId = textOf(problem["requestId"]) ?? textOf(reply.headers["x-request-id"]);
  const cause: RequestFailure = {
    kind: "answered",
    status: reply.status,
    ...(requestId !== undefined && { requestId }),
  };
  return new PlatformError(code, message ?? `the server answered ${reply.status} to ${path}`, {
    ...details,
    cause,
  });
}

function objectIn(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

function codeOf(code: unknown, status: number): ErrorCode {
  if (typeof code === "string" && Object.hasOwn(STATUS, code)) return code as ErrorCode;
  const known = Object.entries(STATUS).find(([, row]) => row.http === status);
  if (known) return known[0] as ErrorCode;
  return status < 500 ? "invalid_argument" : "internal";
}

const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
