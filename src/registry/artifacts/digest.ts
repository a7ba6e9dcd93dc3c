import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { PlatformError } from "../../base/index.ts";

const PIECE_BYTES = 1024 * 1024;

/** SHA-256 of a file, hex. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
    hash.update(piece as Uint8Array);
  }
  return hash.digest("hex");
}

/** @throws PlatformError `invalid_argument` if the file's SHA-256 is another. */
export async function checkDigest(path: string, digest: string): Promise<void> {
  const got = await digestOf(path);
  if (got !== digest) throw otherDigest(digest, got);
}

/** The refusal of bytes whose SHA-256 is not what they were announced as. */
export function otherDigest(expected: string, got: string): PlatformError {
  return new PlatformError("invalid_argument", "the file is not what its SHA-256 says", {
    field: "digest",
    got,
    expected,
    hint: "send the file again; it may have changed while it was read, or was damaged on the way",
  });
}

/** @throws PlatformError `invalid_argument` if it is no SHA-256: digests become paths. */
export function checkIsDigest(digest: string): void {
  if (/^[0-9a-f]{64}$/.test(digest)) return;
  throw new PlatformError("invalid_argument", "the digest is no SHA-256", {
    field: "digest",
    got: digest.slice(0, 80),
    expected: "64 lower-case hexadecimal digits",
  });
}
