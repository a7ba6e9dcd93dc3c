import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { PlatformError } from "../base/index.ts";

/** What is sent to a model, and as what. */
export interface Input {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly contentType: string;
}

const CONTENT_TYPES = new Map([
  [".json", "application/json"],
  [".ndjson", "application/x-ndjson"],
  [".csv", "text/csv"],
  [".txt", "text/plain"],
  [".png", "image/png"],
  [".jpg", "image/jpeg"],
  [".jpeg", "image/jpeg"],
  [".webp", "image/webp"],
  [".wav", "audio/wav"],
]);

const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Reads the input of a prediction: a file, or standard input for "-". Its kind follows from its
 * name, from `contentType`, or for "-" from its first bytes.
 *
 * @throws PlatformError `not_found` if it cannot be read, `invalid_argument` if its kind is unknown.
 */
export function readInput(path: string, contentType?: string): Input {
  const bytes = readBytes(path);
  const known =
    contentType ??
    CONTENT_TYPES.get(extname(path).toLowerCase()) ??
    (path === "-" ? sniff(bytes) : undefined);
  if (known !== undefined) return { bytes, contentType: known };
  throw new PlatformError("invalid_argument", "--input is of no known kind", {
    field: "--input",
    got: path,
    expected: [...CONTENT_TYPES.keys()].join(", "),
    hint: "say what it is with --content-type",
  });
}

function readBytes(path: string): Buffer<ArrayBuffer> {
  try {
    // Reading a pipe gives its size as 0, so the limit holds for what was read as well.
    const bytes =
      path !== "-" && statSync(path).size > MAX_BYTES ? undefined : readFileSync(path === "-" ? 0 : path);
    if (bytes !== undefined && bytes.length <= MAX_BYTES) return bytes;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError("not_found", `--input cannot be read: ${reason}`, {
      field: "--input",
      got: path,
      cause,
    });
  }
  throw new PlatformError("too_large", `--input ${path} is larger than ${MAX_BYTES} bytes`, {
    field: "--input",
    got: path,
  });
}

/** Media type by the first bytes, as file formats define them; else JSON or text. */
export function sniff(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\u0089PNG\r\n")) return "image/png";
  if (head.startsWith("\u00ff\u00d8\u00ff")) return "image/jpeg";
  if (head.startsWith("RIFF")) return head.endsWith("WEBP") ? "image/webp" : "audio/wav";
  return /^\s*[[{]/.test(Buffer.from(bytes.subarray(0, 256)).toString()) ? "application/json" : "text/plain";
}
