import { PlatformError } from "../../base/index.ts";
import type { Content } from "../../model/index.ts";

const DATA_URI = /^data:([^;,]{0,100})((?:;[^;,]{0,100}){0,5});base64,/i;
/** Standard or URL-safe alphabet, padded or not, with line breaks as MIME writes them. */
const BASE64 = /^[A-Za-z0-9+/_\-\r\n]*={0,2}[\r\n]*$/;

/**
 * A picture or sound inside JSON: a data URI, or plain base64.
 *
 * @throws PlatformError `invalid_argument` naming the field.
 */
export function decodeBase64(text: string, field: string): Content {
  const head = DATA_URI.exec(text.slice(0, 800));
  const encoded = head ? text.slice(head[0].length) : text;
  if (encoded.length === 0 || !BASE64.test(encoded)) {
    throw new PlatformError("invalid_argument", `${field} is not base64`, {
      field,
      got: `${JSON.stringify(text.slice(0, 40))} (${text.length} characters)`,
      expected: "base64 or a data URI such as data:image/png;base64,…",
    });
  }
  return { mediaType: (head?.[1] ?? "").toLowerCase(), bytes: Buffer.from(encoded, "base64") };
}
