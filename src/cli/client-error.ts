import { type ErrorCode, PlatformError, STATUS } from "../base/index.ts";
import { SirveError } from "../client/index.ts";
import type { RequestFailure } from "./exit-code.ts";

/** An error of the client as the program reports them, with what decides the exit code; others as they are. */
export function platformError(thrown: unknown): unknown {
  if (!(thrown instanceof SirveError)) return thrown;
  const { status, code, requestId, field, got, expected, hint } = thrown.details;
  const known: ErrorCode = Object.hasOwn(STATUS, code) ? (code as ErrorCode) : "internal";
  const cause: RequestFailure | undefined =
    status > 0
      ? { kind: "answered", status, ...(requestId !== undefined && { requestId }) }
      : failureWithout(known);
  return new PlatformError(known, thrown.message, {
    ...(field !== undefined && { field }),
    ...(got !== undefined && { got }),
    ...(expected !== undefined && { expected }),
    ...(hint !== undefined && { hint }),
    ...(cause && { cause }),
  });
}

function failureWithout(code: ErrorCode): RequestFailure | undefined {
  if (code === "unavailable") return { kind: "unreachable" };
  return code === "deadline_exceeded" ? { kind: "answered", status: 504 } : undefined;
}
