import { promisify } from "node:util";
import { deflate, gzip } from "node:zlib";
import { decompress } from "../../base/index.ts";
import { bodyTooLarge } from "./limits.ts";
import { refuse } from "./refusal.ts";

const gzipAsync = promisify(gzip);
const deflateAsync = promisify(deflate);

/** What this wire compresses with; `deflate` is a zlib stream (RFC 1950). */
export type ContentCoding = "gzip" | "deflate";

/** Codings for the reply header of a refused coding. */
export const ACCEPTED_CODINGS = "gzip, deflate";

/**
 * A request's body without its content coding.
 *
 * @throws PlatformError `unimplemented` for another coding, `too_large` above `maxBytes` decompressed,
 *   `invalid_argument` for bytes that are not of the coding.
 */
export async function decodeContent(body: Uint8Array, coding: string, maxBytes: number): Promise<Uint8Array> {
  const name = coding.trim().toLowerCase();
  if (name === "" || name === "identity") return body;
  if (name !== "gzip" && name !== "deflate") {
    throw refuse("unimplemented", "Unsupported compression type", { got: name, expected: ACCEPTED_CODINGS });
  }
  let decoded: Uint8Array | "too large";
  try {
    decoded = await decompress(body, name, maxBytes);
  } catch (cause) {
    const text = `unable to decompress the request body as ${name}: ${(cause as Error).message}`;
    throw refuse("invalid_argument", text, { field: "body", expected: `a ${name} stream`, cause });
  }
  if (decoded === "too large") throw bodyTooLarge(maxBytes);
  return decoded;
}

/** A reply's body with a content coding. Level 1, because predictions are short-lived. */
export async function encodeContent(body: Uint8Array, coding: ContentCoding): Promise<Uint8Array> {
  return await (coding === "gzip" ? gzipAsync : deflateAsync)(body, { level: 1 });
}

/**
 * The coding that an `Accept-Encoding` header prefers of ours by its weights; gzip where they are
 * equal; undefined: none. "*" is not a wish for compression.
 *
 * Source: RFC 9110, 12.5.3.
 */
export function chooseCoding(accepted: string): ContentCoding | undefined {
  let best: ContentCoding | undefined;
  let bestWeight = 0;
  let identity = 0;
  for (const part of accepted.split(",")) {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    const weight = weightOf(parameters);
    if (name === "identity") identity = weight;
    if (name !== "gzip" && name !== "deflate") continue;
    if (weight > bestWeight || (weight === bestWeight && name === "gzip" && weight > 0)) {
      best = name;
      bestWeight = weight;
    }
  }
  return identity > bestWeight ? undefined : best;
}

function weightOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  const value = weight === undefined ? 1 : Number(weight.slice(2));
  return Number.isFinite(value) && value >= 0 ? Math.min(value, 1) : 0;
}
