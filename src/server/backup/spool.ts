import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlatformError } from "../../base/index.ts";

/**
 * A file without a name, to write and then read: it is gone with its process, however that ends.
 *
 * @throws PlatformError `disk_full` if there is no room for it.
 */
export async function openSpool(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "sirve-backup-")).catch(throwSpoolFull);
  try {
    return await open(join(folder, "spool"), "wx+", 0o600).catch(throwSpoolFull);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws PlatformError `disk_full` if that is why a file could not be written; else what it was. */
export function throwSpoolFull(cause: unknown): never {
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  if (code !== "ENOSPC" && code !== "EDQUOT") throw cause;
  throw new PlatformError("disk_full", `the disk of temporary files is full: ${tmpdir()}`, {
    cause,
    field: "TMPDIR",
    got: tmpdir(),
    hint: "free space there, or name another folder in the environment as TMPDIR",
  });
}
