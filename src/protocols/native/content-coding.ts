import { type Compression, decompress, PlatformError } from "../../base/index.ts";

const CODINGS = new Map<string, Compression>([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
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
  const compression = CODINGS.get(name);
  if (name === "identity") return bytes;
  if (!compression) throw unknownCoding(name);
  let decoded: Uint8Array | "too large";
  try {
    decoded = await decompress(bytes, compression, maxBytes);
  } catch (cause) {
    throw broken(name, cause);
  }
  if (decoded === "too large") throw tooLarge(maxBytes);
  return decoded;
}

function tooLarge(maxBytes: number): PlatformError {
  return new PlatformError("too_large", `the body is larger than ${maxBytes} bytes after decompression`, {
    field: "body",
    expected: `at most ${maxBytes} bytes`,
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
