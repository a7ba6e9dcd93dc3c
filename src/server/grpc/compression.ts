import { decompress, PlatformError } from "../../base/index.ts";
import type { Frame } from "./frames.ts";

/** What {@link unpack} undoes, as `grpc-accept-encoding` says it. */
export const ACCEPTED_ENCODINGS = "identity,gzip,deflate";

/**
 * Checks the encoding that a call names, before its messages come.
 *
 * @throws PlatformError `unimplemented` if this server does not know it.
 */
export function checkEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding === "identity" || isCompression(encoding)) return;
  const got = encoding.slice(0, 100);
  throw new PlatformError("unimplemented", `grpc-encoding "${got}" is not supported`, {
    field: "grpc-encoding",
    got,
    expected: ACCEPTED_ENCODINGS,
  });
}

/**
 * The message of a frame, decompressed off the event loop to at most `maxBytes`.
 *
 * @throws PlatformError `too_large`, or `invalid_argument` if it is not what the call says.
 */
export async function unpack(
  { bytes, isCompressed }: Frame,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  if (!isCompressed) return bytes;
  if (!isCompression(encoding)) throw notNamed(encoding);
  let message: Uint8Array | "too large";
  try {
    message = await decompress(bytes, encoding, maxBytes);
  } catch (cause) {
    const details = { field: "message", expected: `${encoding} data`, cause };
    throw new PlatformError("invalid_argument", `a message is not valid ${encoding}`, details);
  }
  if (message === "too large") throw tooLarge(maxBytes);
  return message;
}

const isCompression = (encoding: string | undefined) => encoding === "gzip" || encoding === "deflate";

function notNamed(encoding: string | undefined): PlatformError {
  const text = "a message is compressed, but the call names no grpc-encoding";
  return new PlatformError("invalid_argument", text, {
    field: "grpc-encoding",
    got: encoding ?? "nothing",
    expected: "gzip or deflate",
  });
}

function tooLarge(maxBytes: number): PlatformError {
  return new PlatformError("too_large", `a message decompresses to more than ${maxBytes} bytes`, {
    field: "message",
    expected: `at most ${maxBytes} bytes`,
  });
}
