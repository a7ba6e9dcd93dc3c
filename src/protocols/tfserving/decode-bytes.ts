import { isUtf8 } from "node:buffer";
import { type Json, PlatformError } from "../../base/index.ts";

/**
 * A value in which each `{"b64": "…"}` is the text that it stands for: strings of models here are UTF-8.
 *
 * @throws PlatformError `invalid_argument` if it is no base64, or bytes that are no text.
 */
export function decodeBytes(value: Json): Json {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    // Long arrays of numbers are by far the most, and need no copy.
    return items.some((item) => typeof item === "object" && item !== null) ? items.map(decodeBytes) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const { b64, ...rest } = value as { readonly [name: string]: Json };
  if (typeof b64 !== "string" || Object.keys(rest).length > 0) {
    throw wrong("JSON Value: not formatted correctly for base64 data", JSON.stringify(Object.keys(value)));
  }
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(b64)) throw wrong("Unable to base64 decode", b64);
  const bytes = Buffer.from(b64, "base64");
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw wrong("JSON Value: base64 data is no UTF-8 text, which strings of this model are", b64);
}

function wrong(message: string, got: string): PlatformError {
  return new PlatformError("invalid_argument", message, { field: "b64", got: got.slice(0, 60) });
}
