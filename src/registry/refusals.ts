import { PlatformError } from "../base/index.ts";
import { modelNotFound } from "../model/index.ts";

/** `invalid_argument` for a field of a record. */
export function invalid(field: string, got: unknown, expected: string): PlatformError {
  const text = shown(got);
  return new PlatformError("invalid_argument", `${field} is ${text}, expected ${expected}`, {
    field,
    got: text,
    expected,
  });
}

/** `failed_precondition`: the state of the records forbids it. */
export function forbidden(message: string, hint: string): PlatformError {
  return new PlatformError("failed_precondition", message, { hint });
}

export function aliasNotFound(model: string, alias: string): PlatformError {
  return new PlatformError("not_found", `model '${model}' has no alias '${shown(alias)}'`, {
    field: "alias",
    got: shown(alias),
  });
}

export function endpointNotFound(name: string): PlatformError {
  return new PlatformError("not_found", `endpoint '${shown(name)}' is not found`, {
    field: "endpoint",
    got: shown(name),
    hint: "GET /api/v1/endpoints lists them.",
  });
}

/** As `modelNotFound`, for a name that may be anything. */
export const unknownModel = (name: string, version?: number): PlatformError =>
  modelNotFound(shown(name), version);

/** @throws PlatformError `aborted` if the caller saw another revision than the one in force. */
export function checkRevision(what: string, inForce: number, expected: number | undefined): void {
  if (expected === undefined || expected === inForce) return;
  throw new PlatformError("aborted", `${what} is at revision ${inForce}, not ${expected}`, {
    field: "if-match",
    got: String(expected),
    expected: String(inForce),
    hint: "Look at it again, then repeat the change with the new revision if it is still right.",
  });
}

/** A value short enough for a message, without control characters. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "missing");
  return text.slice(0, 80).replaceAll(/\p{Cc}/gu, "?");
}
