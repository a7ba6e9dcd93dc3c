import { PlatformError } from "../../base/index.ts";

/** Fields of a form are the columns of one row; each costs far more than its few bytes. */
const MAX_FIELDS = 10_000;
const AMPERSAND = 0x26;

/**
 * Names and values of an application/x-www-form-urlencoded body, in order.
 *
 * @throws PlatformError `too_large` for more than ten thousand.
 */
export function formFields(body: Uint8Array): [string, string][] {
  let count = 1;
  for (
    let at = body.indexOf(AMPERSAND);
    at !== -1 && count <= MAX_FIELDS;
    at = body.indexOf(AMPERSAND, at + 1)
  ) {
    count += 1;
  }
  if (count <= MAX_FIELDS) return [...new URLSearchParams(Buffer.from(body).toString("utf8"))];
  throw new PlatformError("too_large", `the form has more than ${MAX_FIELDS} fields`, {
    field: "body",
    expected: `at most ${MAX_FIELDS}`,
    hint: "send rows as JSON or CSV",
  });
}
