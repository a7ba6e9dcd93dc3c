import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, PlatformError } from "../../base/index.ts";
import type { BlobStore, UploadStatus } from "../contract.ts";
import { checkIsDigest } from "./digest.ts";
import { diskError } from "./disk-error.ts";
import { wallNow } from "./folder-blobs.ts";

export interface UploadOptions {
  /** Where parts lie until they are whole. */
  readonly folder: string;
  readonly blobs: BlobStore;
  readonly maxBytes: number;
  readonly clock: Clock;
}

/** Files that come part by part, by their SHA-256: `<digest>.part`. */
export class Uploads {
  readonly #options: UploadOptions;
  readonly #busy = new Set<string>();

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  async status(digest: string): Promise<UploadStatus> {
    const whole = await this.#options.blobs.size(digest);
    if (whole !== undefined) return { offset: whole, isComplete: true };
    return { offset: await sizeOf(this.#path(digest)), isComplete: false };
  }

  /** See `Artifacts.upload`. */
  async write(digest: string, offset: number, bytes: AsyncIterable<Uint8Array>): Promise<UploadStatus> {
    checkIsDigest(digest);
    if (this.#busy.has(digest)) throw busy(digest);
    this.#busy.add(digest);
    try {
      const { isComplete, offset: stands } = await this.status(digest);
      if (isComplete) return { offset: stands, isComplete };
      if (offset !== stands) throw otherOffset(offset, stands);
      await this.#append(digest, offset, bytes);
      return await this.#finish(digest);
    } finally {
      this.#busy.delete(digest);
    }
  }

  /** Removes parts that nobody has written to for so long. */
  async sweep(maxAgeMs: number): Promise<number> {
    const { folder, clock } = this.#options;
    let freed = 0;
    for (const name of await readdir(folder).catch(() => [])) {
      if (this.#busy.has(name.replace(/\.part$/, ""))) continue;
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      if (!found || wallNow(clock) - found.mtimeMs < maxAgeMs) continue;
      await rm(path, { force: true });
      freed += found.size;
    }
    return freed;
  }

  #path(digest: string): string {
    checkIsDigest(digest);
    return join(this.#options.folder, `${digest}.part`);
  }

  /** What has come until a break is kept; only a full disk takes it away, since it is what fills it. */
  async #append(digest: string, offset: number, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.#path(digest);
    const file = await this.#open(path);
    try {
      await writeAll(file, bytes, offset, this.#options.maxBytes);
    } catch (thrown) {
      const error = notKept(thrown);
      const isFull = error instanceof PlatformError && error.code === "disk_full";
      const isTooLarge = error instanceof PlatformError && error.code === "too_large";
      if (isFull || isTooLarge) await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  async #open(path: string): Promise<FileHandle> {
    try {
      await mkdir(this.#options.folder, { recursive: true });
      return await open(path, "a");
    } catch (thrown) {
      throw notKept(thrown);
    }
  }

  async #finish(digest: string): Promise<UploadStatus> {
    const path = this.#path(digest);
    const offset = await sizeOf(path);
    try {
      await this.#options.blobs.put(digest, path);
      return { offset, isComplete: true };
    } catch (error) {
      const isWrong = error instanceof PlatformError && error.code === "invalid_argument";
      if (isWrong) await rm(path, { force: true });
      throw error;
    } finally {
      // A store elsewhere has copied it.
      if ((await this.#options.blobs.size(digest).catch(() => undefined)) !== undefined) {
        await rm(path, { force: true });
      }
    }
  }
}

async function writeAll(
  file: FileHandle,
  bytes: AsyncIterable<Uint8Array>,
  offset: number,
  maxBytes: number,
): Promise<void> {
  let size = offset;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    await file.appendFile(piece);
  }
}

/** What the disk said, in words; what the client or we ended stays as it is. */
const notKept = (thrown: unknown) =>
  thrown instanceof Error && "syscall" in thrown ? diskError(thrown, "the upload is not kept") : thrown;

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function busy(digest: string): PlatformError {
  // To be repeated: most often it has come by then.
  return new PlatformError("unavailable", "the same file is being sent by another request", {
    field: "digest",
    got: digest,
    hint: "wait until it is through, then ask for its status with HEAD",
    retryAfterMs: 1000,
  });
}

function otherOffset(got: number, expected: number): PlatformError {
  return new PlatformError("failed_precondition", `the upload stands at byte ${expected}, not at ${got}`, {
    field: "Upload-Offset",
    got: String(got),
    expected: String(expected),
    hint: "HEAD tells where it stands",
  });
}

function tooLarge(maxBytes: number): PlatformError {
  return new PlatformError("too_large", `the file has more than the ${maxBytes} bytes allowed`, {
    field: "body",
    expected: `at most ${maxBytes} bytes`,
    hint: "raise artifacts.maxUploadBytes",
  });
}
