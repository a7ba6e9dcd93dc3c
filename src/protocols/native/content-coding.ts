import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { PlatformError } from "../../base/index.ts";

type Decode = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const CODINGS = new Map<string, Decode>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

/**
 * Undoes the Content-Encoding of a body.
 *
 * @throws PlatformError `too_large` if it becomes larger than `maxBytes`, `invalid_argument` if it
 *   is not what its header says, or in a coding that is not known.
 */
export async function decodeContent(
  body: Uint8Array,
  header: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  if (header === undefined || header === "" || header === "identity") return body;
  const names = header.toLowerCase().split(",");
  if (names.length > 2) throw unknownCoding(header);
  let bytes = body;
  for (const name of names.toReversed()) bytes = await decodeOne(bytes, name.trim(), maxBytes); // The last was applied last.
  return bytes;
}

async function decodeOne(bytes: Uint8Array, name: string, maxBytes: number): Promise<Uint8Array> {
  const decode = CODINGS.get(name);
  if (name === "identity") return bytes;
  if (!decode) throw unknownCoding(name);
  try {
    return await decode(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    const isTooLarge =
      cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge ? tooLarge(maxBytes, cause) : broken(name, cause);
  }
}

function tooLarge(maxBytes: number, cause: unknown): PlatformError {
  return new PlatformError("too_large", `the body is larger than ${maxBytes} bytes after decompression`, {
    field: "body",
    expected: `at most ${maxBytes} bytes`,
    cause,
  });
}

function broken(name: string, cause: unknown): PlatformError {
  return new PlatformError("invalid_argument", `the body is not ${name}, as its content-encoding says`, {
    field: "content-encoding",
    got: name,
    cause,
  });
}

function unknownCoding(name: string): PlatformError {
  const expected = "gzip, deflate, br or identity";
  return new PlatformError(
    "invalid_argument",
    `content-encoding "${name.slice(0, 60)}" is not known, expected ${expected}`,
    {
      field: "content-encoding",
      got: name.slice(0, 60),
      expected,
    },
  );
}
