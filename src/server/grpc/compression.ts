import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { PlatformError } from "../../base/index.ts";
import type { Frame } from "./frames.ts";

/** What {@link unpack} undoes, as `grpc-accept-encoding` says it. */
export const ACCEPTED_ENCODINGS = "identity,gzip,deflate";

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

const INFLATE = new Map<string, Inflate>([
  ["gzip", promisify(gunzip) as Inflate],
  ["deflate", promisify(inflate) as Inflate],
]);

/**
 * Checks the encoding that a call names, before its messages come.
 *
 * @throws PlatformError `unimplemented` if this server does not know it.
 */
export function checkEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding === "identity" || INFLATE.has(encoding)) return;
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
  const decompress = INFLATE.get(encoding ?? "");
  if (!decompress) {
    throw new PlatformError(
      "invalid_argument",
      "a message is compressed, but the call names no grpc-encoding",
      {
        field: "grpc-encoding",
        got: encoding ?? "nothing",
        expected: "gzip or deflate",
      },
    );
  }
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw decompressionFailed(cause, encoding ?? "", maxBytes);
  }
}

function decompressionFailed(cause: unknown, encoding: string, maxBytes: number): PlatformError {
  const expected = `${encoding} data of at most ${maxBytes} bytes`;
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return new PlatformError("too_large", `a message decompresses to more than ${maxBytes} bytes`, {
      field: "message",
      expected,
    });
  }
  return new PlatformError("invalid_argument", `a message is not valid ${encoding}`, {
    cause,
    field: "message",
    expected,
  });
}
