import pc from "picocolors";
import { PlatformError } from "../base/index.ts";
import { exitCodeOf, requestFailure } from "./exit-code.ts";
import { note } from "./output.ts";
import { safeLines } from "./safe-text.ts";

/**
 * Says in one clear line what went wrong, with a hint, and returns the exit code. The stack is
 * shown only with `debug`.
 */
export function reportFailure(thrown: unknown, debug: boolean): number {
  const error = asPlatformError(thrown);
  note(`${pc.red("error:")} ${safeLines(describe(error))}\n`);
  const { hint } = error.details;
  if (hint !== undefined) note(`${pc.dim("hint:")}  ${safeLines(hint)}\n`);
  const failure = requestFailure(error);
  if (failure?.kind === "answered" && failure.requestId !== undefined) {
    note(`${pc.dim("request id:")} ${safeLines(failure.requestId)}\n`);
  }
  if (debug) note(`${safeLines(stackOf(thrown))}\n`);
  return exitCodeOf(error);
}

function describe({ message, details }: PlatformError): string {
  const { got, expected } = details;
  const extra = [
    got !== undefined && !message.includes(got) ? `got ${got}` : "",
    expected !== undefined && !message.includes(expected) ? `expected ${expected}` : "",
  ].filter((part) => part !== "");
  return extra.length === 0 ? message : `${message} (${extra.join(", ")})`;
}

/** On the command line an unexpected error is told as it is: the one who reads it runs the program. */
function asPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new PlatformError("internal", message, { cause: thrown, hint: "--debug shows where it happened" });
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? "" : `\ncaused by ${stackOf(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${cause}`;
}
