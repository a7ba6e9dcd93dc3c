import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { PlatformError } from "../base/index.ts";
import { ROLES } from "../model/index.ts";
import type { StoredKey } from "./key-ring.ts";

const MAKE_ONE = "sirve keys create --file makes one";
/** Ten thousand keys with room to spare. */
const MAX_BYTES = 16 * 1024 * 1024;

const schema = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9]{8}$/),
        name: z.string().min(1).max(200),
        hash: z.string().regex(/^[0-9a-f]{64}$/),
        role: z.enum(ROLES),
        models: z.array(z.string().min(1).max(128)).min(1),
        expiresAt: z.string().optional(),
        requestsPerSecond: z.number().positive().optional(),
        requestsPerDay: z.int().positive().optional(),
      }),
    )
    .max(10_000),
});

/**
 * The keys of a file: hashes, never the keys themselves.
 *
 * @throws PlatformError `failed_precondition` if it cannot be read, others may write it, or it is no such file.
 */
export function readKeyFile(path: string): readonly StoredKey[] {
  const read = schema.safeParse(parsed(path, readSafely(path)));
  if (read.success) return read.data.keys;
  throw unsafe(path, z.prettifyError(read.error), MAKE_ONE);
}

/** Its text, of the very file whose mode was looked at. */
function readSafely(path: string): string {
  let file: number | undefined;
  try {
    // Nothing is waited for where a pipe lies.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (!found.isFile()) throw unsafe(path, "it is no file", MAKE_ONE);
    if ((found.mode & 0o022) !== 0) throw unsafe(path, "others than its owner may write it", "chmod go-w");
    if (found.size > MAX_BYTES) {
      throw unsafe(path, `it has ${found.size} bytes, more than ${MAX_BYTES}`, MAKE_ONE);
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw unsafe(path, `it cannot be read (${code})`, MAKE_ONE);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What tells that the file has changed: also where a secret is mounted by links. */
export function keyFileStamp(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs} ${found.size} ${found.ino}` : "";
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unsafe(path, "it is not JSON", MAKE_ONE);
  }
}

function unsafe(path: string, reason: string, hint: string): PlatformError {
  return new PlatformError("failed_precondition", `the file of keys ${path} is not taken: ${reason}`, {
    field: "access.keysFile",
    got: path,
    hint,
  });
}
