import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/index.ts";
import type { HeldArtifact, VersionRecord } from "../contract.ts";
import { checkIsDigest } from "./digest.ts";
import { diskError } from "./disk-error.ts";
import { flush, wallNow } from "./folder-blobs.ts";

type Artifact = Pick<VersionRecord, "digest" | "files">;
type Progress = (doneBytes: number, allBytes: number) => void;

export interface CacheOptions {
  readonly folder: string;
  /** Size at which folders that nobody holds go, least recently used first. */
  readonly maxBytes: number;
  /** Brings a file of an artifact to a path, verified; tells the bytes that came. */
  readonly fetch: (digest: string, path: string, onBytes: (bytes: number) => void) => Promise<void>;
  readonly clock: Clock;
}

/** Folders with the files of artifacts, `<artifact digest>/`: made beside, then renamed, so whole or not there. */
export class ArtifactCache {
  readonly #options: CacheOptions;
  readonly #holds = new Map<string, number>();
  readonly #fetches = new Map<string, Promise<void>>();
  /** Folders on their way out: who wants one again waits until it is gone. */
  readonly #leaving = new Map<string, Promise<void>>();
  #drafts = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
  }

  /** Removes what an earlier process had begun. */
  async open(): Promise<void> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.startsWith(".")) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  /** Digests of the files of everything that is held. */
  isHeld(digest: string): boolean {
    return this.#holds.has(digest);
  }

  /** See `Artifacts.acquire`. */
  async acquire(artifact: Artifact, onProgress: Progress = () => {}): Promise<HeldArtifact> {
    const { digest } = artifact;
    checkIsDigest(digest);
    this.#holds.set(digest, (this.#holds.get(digest) ?? 0) + 1);
    try {
      await this.#bring(artifact, onProgress);
    } catch (error) {
      this.#release(digest);
      throw error;
    }
    let isHeld = true;
    return {
      directory: this.#path(digest),
      release: () => {
        if (isHeld) this.#release(digest);
        isHeld = false;
      },
    };
  }

  /** Removes folders that nobody holds until the rest fits. */
  async trim(): Promise<void> {
    const { folder, maxBytes } = this.#options;
    const found: { path: string; digest: string; bytes: number; usedMs: number }[] = [];
    for (const digest of await readdir(folder).catch(() => [])) {
      if (digest.startsWith(".")) continue;
      const path = join(folder, digest);
      const bytes = await bytesIn(path);
      found.push({ path, digest, bytes, usedMs: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 });
    }
    let size = found.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, digest, bytes } of found.toSorted((a, b) => a.usedMs - b.usedMs)) {
      if (size <= maxBytes) return;
      if (this.#holds.has(digest) || this.#fetches.has(digest)) continue;
      const gone = rm(path, { recursive: true, force: true }).finally(() => this.#leaving.delete(digest));
      this.#leaving.set(digest, gone);
      await gone;
      size -= bytes;
    }
  }

  #path(digest: string): string {
    return join(this.#options.folder, digest);
  }

  #release(digest: string): void {
    const left = (this.#holds.get(digest) ?? 1) - 1;
    if (left > 0) this.#holds.set(digest, left);
    else this.#holds.delete(digest);
  }

  /** Two who want the same share one fetch. */
  async #bring(artifact: Artifact, onProgress: Progress): Promise<void> {
    const { digest } = artifact;
    const underWay = this.#fetches.get(digest);
    if (underWay) return await underWay;
    const fetching = this.#build(artifact, onProgress).finally(() => this.#fetches.delete(digest));
    this.#fetches.set(digest, fetching);
    await fetching;
  }

  async #build(artifact: Artifact, onProgress: Progress): Promise<void> {
    const target = this.#path(artifact.digest);
    await this.#leaving.get(artifact.digest)?.catch(() => {});
    const now = wallNow(this.#options.clock) / 1000;
    if (await isWhole(target, artifact)) return await utimes(target, now, now);
    const draft = join(this.#options.folder, `.draft-${(this.#drafts += 1)}-${artifact.digest}`);
    try {
      await mkdir(draft, { recursive: true });
      await this.#fill(draft, artifact, onProgress);
      await rm(target, { recursive: true, force: true });
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw diskError(error, "the version's files cannot be brought here");
    }
    await this.trim();
  }

  async #fill(draft: string, { files }: Artifact, onProgress: Progress): Promise<void> {
    const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    for (const { name, digest } of files) {
      await this.#options.fetch(digest, join(draft, name), (bytes) => {
        done += bytes;
        onProgress(done, all);
      });
      await flush(join(draft, name));
    }
    await flush(draft);
  }
}

async function isWhole(folder: string, { files }: Artifact): Promise<boolean> {
  for (const { name, bytes } of files) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.size !== bytes) return false;
  }
  return true;
}

async function bytesIn(folder: string): Promise<number> {
  let sum = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    sum += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}
