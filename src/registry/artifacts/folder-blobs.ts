import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Clock, PlatformError } from "../../base/index.ts";
import type { BlobStore } from "../contract.ts";
import { checkDigest, checkIsDigest } from "./digest.ts";
import { diskError, isMissing } from "./disk-error.ts";

const DIGEST = /^[0-9a-f]{64}$/;
const PIECE_BYTES = 1024 * 1024;

/**
 * Files by their SHA-256 in a folder: `ab/ab12…`. A file comes by a rename after it is on the disk, so it
 * is there whole or not at all. `path` of {@link BlobStore.put} must be on the same file system.
 */
export function folderBlobs(root: string, clock: Clock): BlobStore {
  const pathOf = (digest: string) => {
    checkIsDigest(digest);
    return join(root, digest.slice(0, 2), digest);
  };
  return {
    async size(digest) {
      return await sizeOf(pathOf(digest));
    },
    async put(digest, path) {
      await checkDigest(path, digest);
      try {
        await settle(path, pathOf(digest));
      } catch (error) {
        throw diskError(error, "the file cannot be kept");
      }
    },
    async *open(digest, offset = 0) {
      const path = pathOf(digest);
      if ((await sizeOf(path)) === undefined) throw blobNotFound(digest);
      yield* createReadStream(path, { start: offset, highWaterMark: PIECE_BYTES });
    },
    async touch(digest) {
      const now = wallNow(clock) / 1000;
      await utimes(pathOf(digest), now, now).catch((error: unknown) => {
        if (!isMissing(error)) throw diskError(error, "the file cannot be kept");
      });
    },
    async delete(digest) {
      await rm(pathOf(digest), { force: true });
    },
    async *list() {
      for (const shelf of await readdir(root).catch(() => [])) {
        for (const digest of await readdir(join(root, shelf)).catch(() => [])) {
          if (!DIGEST.test(digest)) continue;
          const found = await stat(join(root, shelf, digest)).catch(() => undefined);
          if (found) yield { digest, bytes: found.size, ageMs: wallNow(clock) - found.mtimeMs };
        }
      }
    },
  };
}

/** Milliseconds since the epoch, as file times are. */
export const wallNow = (clock: Clock): number => performance.timeOrigin + clock.now();

/** Moves a file to its place, on the disk before it is seen there. */
async function settle(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await flush(from);
  await rename(from, to);
  await flush(dirname(to));
}

/** Waits until a file or folder is on the disk. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw diskError(error, "the file cannot be looked at");
  }
}

/** `not_found` for a file that the store does not have. */
export function blobNotFound(digest: string): PlatformError {
  return new PlatformError("not_found", `the store of artifacts has no file ${digest}`, {
    field: "digest",
    got: digest,
    hint: "sirve doctor checks the store; a backup may have it",
  });
}
