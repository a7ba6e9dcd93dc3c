import { PlatformError } from "../../base/index.ts";

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** What a file operation threw, in words; a full disk is `disk_full`. */
export function diskError(error: unknown, what: string): PlatformError {
  if (error instanceof PlatformError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (FULL.has(code)) {
    return new PlatformError("disk_full", `${what}: the disk is full`, {
      cause: error,
      field: "data",
      hint: "free space on the disk of the data directory, or lower artifacts.maxCacheBytes",
    });
  }
  return new PlatformError("unavailable", `${what}: ${code === "" ? "it failed" : code}`, {
    cause: error,
    field: "data",
    got: code,
  });
}

/** Whether an operation failed because there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
