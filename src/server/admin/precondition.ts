import { PlatformError } from "../../base/index.ts";
import type { HttpRequest } from "../../protocols/index.ts";

/** What a request asks of the revision in force before it changes anything. */
export type Precondition =
  | { readonly kind: "none" }
  /** If-Match: * */
  | { readonly kind: "exists" }
  /** If-None-Match: * */
  | { readonly kind: "absent" }
  /** If-Match: one of these; empty if none of its tags can be a revision. */
  | { readonly kind: "revision"; readonly anyOf: readonly number[] };

/** One entity tag. @see RFC 9110, section 8.8.3. */
const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const REVISION = /^(?:0|[1-9][0-9]{0,15})$/;
const MAX_TAGS = 100;

/**
 * Reads If-Match and If-None-Match. Weak tags never match, because a change asks for the strong comparison.
 *
 * @see RFC 9110, section 13.1.
 * @throws PlatformError `invalid_argument` if a header is malformed.
 */
export function readPrecondition(headers: HttpRequest["headers"]): Precondition {
  const match = headers["if-match"]?.trim();
  const noneMatch = headers["if-none-match"]?.trim();
  if (match !== undefined && noneMatch !== undefined) {
    throw malformed("If-None-Match", noneMatch, "If-Match or If-None-Match, not both");
  }
  if (noneMatch !== undefined) {
    if (noneMatch !== "*") throw malformed("If-None-Match", noneMatch, '"*": only if it is not there yet');
    return { kind: "absent" };
  }
  if (match === undefined) return { kind: "none" };
  return match === "*" ? { kind: "exists" } : { kind: "revision", anyOf: readTags(match) };
}

/**
 * The revision that a change must find, for a registry that compares within its transaction.
 * `current` reads the one in force, undefined where nothing is there; 0 asks that nothing be there.
 *
 * @throws PlatformError `aborted` where it is known already that it cannot match.
 */
export async function expectedRevision(
  precondition: Precondition,
  current: () => Promise<number | undefined>,
): Promise<number | undefined> {
  if (precondition.kind === "none") return undefined;
  if (precondition.kind === "absent") return 0;
  if (precondition.kind === "revision" && precondition.anyOf.length === 1) return precondition.anyOf[0];
  const found = await current();
  const asked = precondition.kind === "exists" ? "*" : printTags(precondition.anyOf);
  if (found === undefined) throw mismatch(asked, "nothing there");
  if (precondition.kind === "exists") return undefined;
  if (!precondition.anyOf.includes(found)) throw mismatch(asked, `revision "${found}"`);
  return found;
}

function readTags(header: string): number[] {
  const tags = header
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  const matches = tags.map((tag) => TAG.exec(tag));
  if (tags.length === 0 || tags.length > MAX_TAGS || matches.includes(null)) {
    throw malformed("If-Match", header, '"*", or quoted revisions as in the ETag of an answer, such as "7"');
  }
  return matches
    .filter((match) => match?.[1] === undefined)
    .map((match) => match?.[2] ?? "")
    .filter((tag) => REVISION.test(tag))
    .map(Number);
}

const printTags = (revisions: readonly number[]) =>
  revisions.length === 0 ? "no strong tag of a revision" : revisions.map((one) => `"${one}"`).join(", ");

function mismatch(asked: string, found: string): PlatformError {
  return new PlatformError("aborted", `If-Match asks for ${asked}, and there is ${found}`, {
    field: "If-Match",
    got: asked,
    expected: found,
    hint: "read it again, and repeat the change with its new ETag",
  });
}

function malformed(field: string, got: string, expected: string): PlatformError {
  const shown = got.slice(0, 100);
  return new PlatformError("invalid_argument", `${field} is ${shown}, expected ${expected}`, {
    field,
    got: shown,
    expected,
  });
}
