import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

const DECOMPRESS = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** A compression by the name that HTTP and gRPC give it; `deflate` is a zlib stream (RFC 1950). */
export type Compression = keyof typeof DECOMPRESS;

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
    return await DECOMPRESS[compression](bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    const isTooLarge = cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
    if (isTooLarge) return "too large";
    throw cause;
  }
}
