import { refuse } from "./refusal.ts";

/** The header that says how many bytes of a body are JSON. */
export const JSON_LENGTH_HEADER = "inference-header-content-length";

/**
 * Bytes of JSON at the start of a body: the whole of it without the header. 0 makes a raw request.
 *
 * @throws PlatformError `invalid_argument` unless the header is a number within the body.
 */
export function jsonLength(header: string | undefined, bodyBytes: number): number {
  if (header === undefined) return bodyBytes;
  if (!/^\s*[+-]?[0-9]+\s*$/.test(header)) {
    const text = `Unable to parse Inference-Header-Content-Length, got: ${header.slice(0, 100)}`;
    throw refuse("invalid_argument", text, { field: JSON_LENGTH_HEADER, expected: "a number of bytes" });
  }
  const length = Number(header);
  if (length >= 0 && length <= bodyBytes) return length;
  const text = `inference header size should be in range (0, ${bodyBytes}), got: ${header.trim()}`;
  throw refuse("invalid_argument", text, { field: JSON_LENGTH_HEADER, expected: `0 to ${bodyBytes}` });
}
