import { type ErrorCode, PlatformError } from "../../base/index.ts";
import type { RemoteAnswer } from "./exchange.ts";
import { retryAfterMs } from "./pause.ts";

/** Statuses of which the reason lies with the inputs, or passes. Any other is a fault behind this server. */
const CODES = new Map<number, ErrorCode>([
  [400, "invalid_argument"],
  [413, "invalid_argument"],
  [422, "invalid_argument"],
  [429, "resource_exhausted"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
]);

const HINTS = new Map<number, string>([
  [401, "check headers in remote.json, and the environment variables that they name"],
  [403, "check headers in remote.json, and the environment variables that they name"],
  [404, "check model and version in remote.json"],
]);

/** What an answer says whose status is not 200: a redirect is refused like any other. */
export function statusError(answer: RemoteAnswer, origin: string): PlatformError {
  const { status, headers } = answer;
  if (status >= 300 && status < 400) return redirected(status, headers["location"] ?? "", origin);
  const words = wordsOf(answer);
  const afterMs = retryAfterMs(answer);
  const hint = HINTS.get(status);
  return new PlatformError(CODES.get(status) ?? "internal", `${origin} answered ${status}${words}`, {
    field: "status",
    got: String(status),
    expected: "200",
    ...(hint !== undefined && { hint }),
    ...(afterMs !== undefined && { retryAfterMs: afterMs }),
  });
}

function redirected(status: number, location: string, origin: string): PlatformError {
  return new PlatformError("internal", `${origin} answered with a redirect, which is not followed`, {
    field: "location",
    got: `${status} ${location.slice(0, 200)}`,
    expected: "an answer",
    hint: "name the server itself as url in remote.json",
  });
}

const MAX_WORDS = 500;

/** The server's own words: `error`, as most write it, or the beginning of the text. */
function wordsOf({ body }: RemoteAnswer): string {
  const text = body
    .subarray(0, 64 * 1024)
    .toString("utf8")
    .trim();
  const told = messageIn(text) ?? text;
  return told === "" ? "" : `: ${told.slice(0, MAX_WORDS)}`;
}

function messageIn(text: string): string | undefined {
  try {
    const { error, detail }: { error?: unknown; detail?: unknown } = Object(JSON.parse(text));
    if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
    return [error, detail].find((one) => typeof one === "string");
  } catch {
    return undefined;
  }
}
