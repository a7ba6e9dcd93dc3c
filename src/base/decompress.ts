import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { Turnstile } from "./turnstile.ts";

/** A compression by the name that HTTP and gRPC give it; `deflate` is a zlib stream (RFC 1950). */
export type Compression = "gzip" | "deflate" | "br";

const DECOMPRESS = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * As many at once as the threads that Node decompresses with. Some kilobytes can become a body of
 * the largest size, which no limit counts until it is whole: a thousand would grow at once.
 */
const turns = new Turnstile(4);

/**
 * Bytes without their compression, made off the event loop; "too large" as soon as they pass `maxBytes`.
 *
 * @throws Error of zlib if they are not of that compression.
 */
export async function decompress(
  bytes: Uint8Array,
  compression: Compression,
  maxBytes: number,
): Promise<Uint8Array | "too large"> {
  try {
    return await turns.run(() => DECOMPRESS[compression](bytes, { maxOutputLength: maxBytes }));
  } catch (cause) {
    const isTooLarge = cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
    if (isTooLarge) return "too large";
    throw cause;
  }
}
