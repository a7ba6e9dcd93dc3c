import type { PlatformError } from "../base/index.ts";

/** What the process says to scripts when it ends; docs/cli.md lists them. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not succeed, or a check found something. */
  failure: 1,
  /** The command line, the configuration or an input file is wrong. */
  usage: 2,
  /** No server answers at that address. */
  unreachable: 3,
  /** The server refused: no such model, bad input, not allowed. */
  refused: 4,
  /** The server could not: full, loading, stopping, too late, or at fault. A retry may help. */
  serverFailed: 5,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

/** Why a request to a server failed: the `cause` of an error that the HTTP client throws. */
export type RequestFailure =
  | { readonly kind: "unreachable" }
  | { readonly kind: "answered"; readonly status: number; readonly requestId?: string };

/** Errors of the one who typed the command, when no server was asked. */
const USAGE: readonly string[] = ["invalid_argument", "not_found", "too_large"];

/** The exit code for an error. */
export function exitCodeOf(error: PlatformError): number {
  const failure = requestFailure(error);
  if (failure?.kind === "unreachable") return EXIT.unreachable;
  if (failure?.kind === "answered") {
    return failure.status >= 500 || failure.status === 429 ? EXIT.serverFailed : EXIT.refused;
  }
  if (USAGE.includes(error.code)) return EXIT.usage;
  return error.code === "cancelled" ? EXIT.interrupted : EXIT.failure;
}

/** What the HTTP client knows of this error, if it threw it. */
export function requestFailure(error: PlatformError): RequestFailure | undefined {
  const { cause } = error;
  if (typeof cause !== "object" || cause === null || !("kind" in cause)) return undefined;
  return cause.kind === "unreachable" || cause.kind === "answered" ? (cause as RequestFailure) : undefined;
}
