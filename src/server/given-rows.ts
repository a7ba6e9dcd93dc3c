import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { PlatformError, parseJson } from "../base/index.ts";
import type { Payload } from "../model/index.ts";
import { decodeNativeCsv, decodeNativeJson } from "../protocols/index.ts";

/** What a user gives to compare a model and its original on. */
export type GivenRows =
  | Extract<Payload, { kind: "rows" | "arrays" }>
  /** A file of numpy: one array, or an archive of several by the inputs' names. */
  | { readonly kind: "npy" | "npz"; readonly path: string };

/** Larger files hold more rows than a comparison needs. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads CSV, JSON as a prediction takes it, or tells a file of numpy: by its bytes, never by its name.
 *
 * @throws PlatformError `not_found`, `too_large`, or `invalid_argument` for what is none of them.
 */
export async function readGivenRows(path: string): Promise<GivenRows> {
  const bytes = await bytesOf(path);
  const start = bytes.toString("latin1", 0, 6);
  if (start === "\u0093NUMPY") return { kind: "npy", path: resolve(path) };
  if (start.startsWith("PK")) return { kind: "npz", path: resolve(path) };
  return await forSamples(path, async () => {
    const isJson = /^\s*[[{]/.test(bytes.toString("utf8", 0, 256));
    const payload = isJson ? decodeNativeJson(parseJson(bytes)).payload : await decodeNativeCsv(bytes, ",");
    if (payload.kind === "rows" || payload.kind === "arrays") return payload;
    throw new PlatformError("invalid_argument", "it has pictures, sounds or texts, and no rows");
  });
}

/** Names `--samples` in whatever is wrong with them. */
export async function forSamples<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof PlatformError)) throw cause;
    const { got, expected, hint } = cause.details;
    throw new PlatformError("invalid_argument", `--samples ${path} cannot be taken: ${cause.message}`, {
      field: "--samples",
      ...(got !== undefined && { got }),
      expected: expected ?? "CSV, JSON rows as a prediction takes them, .npy or .npz",
      ...(hint !== undefined && { hint }),
      cause,
    });
  }
}

async function bytesOf(path: string): Promise<Buffer> {
  const wrong = (code: "not_found" | "too_large", problem: string, cause?: unknown) =>
    new PlatformError(code, `--samples ${path} ${problem}`, { field: "--samples", got: path, cause });
  try {
    const { size } = await stat(path);
    if (size <= MAX_BYTES) return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw wrong("not_found", `cannot be read: ${reason}`, cause);
  }
  throw wrong("too_large", `is larger than ${MAX_BYTES} bytes`);
}
