import { isUtf8 } from "node:buffer";
import { PlatformError } from "../error.ts";
import type { Json, JsonLimits, SpannedJson } from "./json.ts";
import { JsonScanner } from "./scanner.ts";

/**
 * Reads one JSON text in UTF-8. Integers beyond 2^53 - 1 either way are bigint; of duplicate keys the last wins;
 * "__proto__" is an ordinary key; a byte order mark is refused.
 *
 * @throws PlatformError `invalid_argument` saying at which byte it is not JSON, not UTF-8, or
 *   (field "nesting") nested too deep; `too_large` if it has more than a million arrays, objects and
 *   members.
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits = {}): Json {
  // Without a span key the scanner makes no spans.
  return scan(bytes, limits) as Json;
}

/**
 * As {@link parseJson}, but an array that is the value of `key` in any object is left unread, as a
 * span for `fillFloats` and its siblings: long tensors get into typed arrays without a
 * JavaScript array between. What a span holds is checked when it is read.
 */
export function parseJsonWithSpans(bytes: Uint8Array, key: string, limits: JsonLimits = {}): SpannedJson {
  return scan(bytes, { ...limits, spanKey: key });
}

function scan(bytes: Uint8Array, options: JsonLimits & { spanKey?: string }): SpannedJson {
  if (!isUtf8(bytes)) {
    throw new PlatformError("invalid_argument", "invalid JSON: the text is not UTF-8", {
      field: "body",
      expected: "UTF-8",
    });
  }
  return new JsonScanner(bytes, options).document();
}
