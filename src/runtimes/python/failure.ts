import { type ErrorCode, PlatformError } from "../../base/index.ts";
import type { Failure } from "./reply.ts";

/** The user's own stack is the cause: it is logged, and not sent. */
export function failureError({ message, stack }: Failure, code: ErrorCode, how: string): PlatformError {
  const cause = new Error(message);
  cause.stack = stack;
  return new PlatformError(code, `the handler ${how}: ${message}`, { cause, field: "handler" });
}

/** Why a process ended that nobody ended; what it printed last is the cause. */
export function deathError(
  how: { readonly code: number | null; readonly signal: string | null },
  lines: readonly string[],
): PlatformError {
  return withLines("unavailable", `the handler's process ${endOf(how)}`, lines);
}

function endOf({ code, signal }: Parameters<typeof deathError>[0]): string {
  if (signal === "SIGKILL") return "was killed by SIGKILL: perhaps the machine ran out of memory";
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

/** An error about a process whose cause is what it printed last. */
export function withLines(
  code: ErrorCode,
  message: string,
  lines: readonly string[],
  hint?: string,
): PlatformError {
  const cause = new Error(`it printed last:\n${lines.join("\n")}`);
  cause.stack = cause.message;
  return new PlatformError(code, message, {
    field: "handler",
    ...(hint !== undefined && { hint }),
    ...(lines.length > 0 && { cause }),
  });
}
