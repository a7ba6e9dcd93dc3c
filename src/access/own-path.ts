import { PlatformError } from "../base/index.ts";

/** What a URL may be written with, but for the backslash, which browsers take for a slash. */
const LETTERS = /^\/[\u0021-\u005b\u005d-\u007e]*$/;
/** It has to fit into a cookie with what else is in there. */
const MOST = 1000;

/**
 * A path of this server, as it came.
 *
 * @throws PlatformError `invalid_argument` for whatever a browser could take for an address elsewhere.
 */
export function ownPath(text: string): string {
  const isPath = text.length <= MOST && LETTERS.test(text) && !text.startsWith("//");
  if (isPath && isHere(text)) return text;
  throw new PlatformError("invalid_argument", "this is no path of this server", {
    field: "return",
    got: text.slice(0, 100),
    expected: `a path that begins with one slash, of at most ${MOST} characters`,
  });
}

const HERE = "http://sirve.invalid";

const isHere = (path: string) => URL.canParse(path, HERE) && new URL(path, HERE).origin === HERE;
