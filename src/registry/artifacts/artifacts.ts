import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Clock, systemClock } from "../../base/index.ts";
import type { Artifacts, BlobStore } from "../contract.ts";
import { ArtifactCache } from "./cache.ts";
import { otherDigest } from "./digest.ts";
import { folderBlobs } from "./folder-blobs.ts";
import { Uploads } from "./uploads.ts";

export interface ArtifactsOptions {
  /** The data directory. */
  readonly directory: string;
  /** Where files lie; default: `blobs/` in the data directory. */
  readonly blobs?: BlobStore;
  readonly maxCacheBytes: number;
  readonly maxUploadBytes: number;
  /** Age at which what nobody names is removed. */
  readonly orphanHours: number;
  readonly clock?: Clock;
}

const HOUR_MS = 3_600_000;

/** The files of versions on a data directory that this process holds. */
export async function openArtifacts(options: ArtifactsOptions): Promise<Artifacts> {
  const { directory, maxCacheBytes, maxUploadBytes, orphanHours, clock = systemClock } = options;
  const blobs = options.blobs ?? folderBlobs(join(directory, "blobs"), clock);
  const uploads = new Uploads({ folder: join(directory, "uploads"), blobs, maxBytes: maxUploadBytes, clock });
  const cache = new ArtifactCache({
    folder: join(directory, "cache"),
    maxBytes: maxCacheBytes,
    fetch: async (digest, path, onBytes) => fetchBlob(blobs, digest, path, onBytes),
    clock,
  });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await cache.open();
  /** Files of what is held, with how often: a version may be about to be registered. */
  const inUse = new Map<string, number>();
  return {
    blobs,
    uploadStatus: async (digest) => uploads.status(digest),
    upload: async (digest, offset, bytes) => uploads.write(digest, offset, bytes),
    async acquire(artifact, onProgress) {
      const digests = artifact.files.map(({ digest }) => digest);
      count(inUse, digests, 1);
      try {
        const held = await cache.acquire(artifact, onProgress);
        return {
          directory: held.directory,
          release() {
            held.release();
            count(inUse, digests, -1);
          },
        };
      } catch (error) {
        count(inUse, digests, -1);
        throw error;
      }
    },
    async sweep(referenced) {
      const freed = { files: 0, bytes: await uploads.sweep(orphanHours * HOUR_MS) };
      for await (const { digest, bytes, ageMs } of blobs.list()) {
        if (referenced.has(digest) || inUse.has(digest) || ageMs < orphanHours * HOUR_MS) continue;
        await blobs.delete(digest);
        freed.files += 1;
        freed.bytes += bytes;
      }
      await cache.trim();
      return freed;
    },
  };
}

function count(counts: Map<string, number>, keys: readonly string[], by: 1 | -1): void {
  for (const key of keys) {
    const left = (counts.get(key) ?? 0) + by;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  }
}

/** Brings a file here, whole and with its SHA-256. */
async function fetchBlob(
  blobs: BlobStore,
  digest: string,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const hash = createHash("sha256");
  async function* watched() {
    for await (const piece of blobs.open(digest)) {
      hash.update(piece);
      yield piece;
      onBytes(piece.length);
    }
  }
  await pipeline(watched(), createWriteStream(path));
  const got = hash.digest("hex");
  if (got === digest) return;
  await rm(path, { force: true });
  throw otherDigest(digest, got);
}
