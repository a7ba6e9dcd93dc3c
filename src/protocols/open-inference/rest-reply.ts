import { type Json, PlatformError, writeJson } from "../../base/index.ts";
import type { HttpReply } from "../contract.ts";
import { ACCEPTED_CODINGS } from "./content-coding.ts";
import { httpStatus } from "./refusal.ts";

const JSON_HEADERS = { "content-type": "application/json" } as const;

/** A JSON reply of status 200. */
export function jsonReply(value: Json, status = 200): HttpReply {
  return { status, headers: JSON_HEADERS, body: writeJson(value) };
}

/** Success without anything to say, as the stock clients expect of control calls. */
export const emptyReply: HttpReply = { status: 200, headers: JSON_HEADERS, body: "" };

/** `{"error":"<text>"}` with the status of the contract. */
export function errorReply(thrown: unknown): HttpReply {
  const error = PlatformError.from(thrown);
  const headers: Record<string, string> = { ...JSON_HEADERS };
  const { retryAfterMs, expected } = error.details;
  if (retryAfterMs !== undefined) headers["retry-after"] = seconds(retryAfterMs);
  if (expected === ACCEPTED_CODINGS) headers["accept-encoding"] = ACCEPTED_CODINGS;
  return { status: httpStatus(error), headers, body: writeJson({ error: error.message }) };
}

/** Whole seconds, at least one, as Retry-After takes them. */
function seconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}
