import { PlatformError } from "../../base/index.ts";

/** What a request line asks for. */
export interface Target {
  /** Begins with "/", or is "*". */
  readonly path: string;
  /** What stands behind the "?"; "" if nothing. */
  readonly search: string;
  /** Set if the target was absolute: it then replaces `Host`. */
  readonly authority?: string;
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;

/**
 * The parts of a request target.
 *
 * @throws PlatformError `invalid_argument` if it is neither a path nor an absolute URL.
 * @see RFC 9112, section 3.2.
 */
export function parseTarget(target: string): Target {
  if (target.charCodeAt(0) === SLASH) {
    const question = target.indexOf("?");
    if (question === -1) return { path: target, search: "" };
    return { path: target.slice(0, question), search: target.slice(question + 1) };
  }
  if (target === "*") return { path: "*", search: "" };
  const match = ABSOLUTE.exec(target);
  if (match) {
    const [, authority = "", path = "", search = ""] = match;
    return { path: path === "" ? "/" : path, search, authority };
  }
  throw new PlatformError("invalid_argument", "the request target is not a path", {
    field: "request target",
    got: target.slice(0, 100),
    expected: 'a path such as "/v2", or an absolute URL',
  });
}

const SLASH = 0x2f;
