import { type ErrorCode, PlatformError, STATUS } from "../base/index.ts";
import { SirveError, type SirveErrorDetails } from "../client/index.ts";
import type { RequestFailure } from "./exit-code.ts";

/** An error of the client as the program reports them, with what decides the exit code; others as they are. */
export function platformError(thrown: unknown): unknown {
  if (!(thrown instanceof SirveError)) return thrown;
  const { code, field, got, expected } = thrown.details;
  const known: ErrorCode = Object.hasOwn(STATUS, code) ? (code as ErrorCode) : "internal";
  const hint = hintOf(known, thrown);
  const cause = failureOf(known, thrown.details) ?? thrown.cause;
  return new PlatformError(known, thrown.message, {
    ...(field !== undefined && { field }),
    ...(got !== undefined && { got }),
    ...(expected !== undefined && { expected }),
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}

function failureOf(code: ErrorCode, { status, requestId }: SirveErrorDetails): RequestFailure | undefined {
  if (status >= 400) return { kind: "answered", status, ...(requestId !== undefined && { requestId }) };
  if (status > 0) return undefined;
  if (code === "unavailable") return { kind: "unreachable" };
  return code === "deadline_exceeded" ? { kind: "answered", status: 504 } : undefined;
}

/** What to do next, in the words of the command line; else the server's own. */
function hintOf(code: ErrorCode, { details, message }: SirveError): string | undefined {
  const { status, hint, field } = details;
  if (status > 0) return (code === "not_found" && LISTS.get(field ?? "model")) || (hint ?? HINTS.get(code));
  if (code === "deadline_exceeded") {
    return "give it more time with --timeout-ms, or see what it does with sirve top";
  }
  return code === "unavailable" ? CAUSES.find(([pattern]) => pattern.test(message))?.[1] : hint;
}

/** The server speaks to every client: here its lists have commands. The wire of Open Inference names no field. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ["model", "sirve models list shows what is served"],
  [
    "version",
    "sirve models list shows the versions that are served, sirve models versions all of a registry",
  ],
  ["endpoint", "sirve endpoints list shows them"],
  ["key", "sirve keys list shows them"],
  ["alias", "sirve models list shows the aliases of each version"],
]);

/** Where the server says none, as on the wire of Open Inference. */
const HINTS: ReadonlyMap<ErrorCode, string> = new Map([
  ["unauthenticated", "give a key by SIRVE_API_KEY, --key-file or --key"],
  ["permission_denied", "sirve keys list shows who may what"],
]);

/** What is wrong, by the codes of Node.js and OpenSSL. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/, "name the authority of its certificate by --ca-file"],
  [/EPROTO|ERR_SSL/, "is it http:// rather than https://?"],
  [/ECONNRESET|hang up|HPE_/, "is it another protocol, https:// perhaps? Or has it stopped?"],
  [/ENOTFOUND|EAI_AGAIN/, "no machine has that name: look at --url"],
  [/(?:)/, "start one with sirve serve, or name another with --url"],
];
