import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type * as Sdk from "@aws-sdk/client-s3";
import { type Clock, PlatformError } from "../../base/index.ts";
import type { BlobStore } from "../contract.ts";
import { checkDigest, checkIsDigest } from "./digest.ts";
import { blobNotFound, wallNow } from "./folder-blobs.ts";
import { isNotThere, s3Error } from "./s3-error.ts";
import { putInParts } from "./s3-parts.ts";

export interface S3Options {
  /** s3://bucket/prefix */
  readonly url: string;
  /** Address of an S3-compatible store; empty: AWS. */
  readonly endpoint: string;
  /** Empty: as AWS tools find it. */
  readonly region: string;
  readonly clock: Clock;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** Files from this size on go in parts. */
const PARTS_FROM_BYTES = 16 * 1024 * 1024;
/** A file that is younger needs not be made so. */
const YOUNG_MS = 3_600_000;
/** Stores copy no more at once. */
const MAX_COPY_BYTES = 5 * 1024 ** 3;
const CONNECT_MS = 5000;
/** Longest silence of the store within a request. */
const SOCKET_MS = 30_000;
const ATTEMPTS = 3;

/** Opens {@link S3Blobs}; nothing is asked of the store yet. */
export async function s3Blobs(options: S3Options): Promise<BlobStore> {
  // Half a second of loading that nobody without a bucket should wait for.
  return new S3Blobs(await import("@aws-sdk/client-s3"), options);
}

/**
 * Files by their SHA-256 in an S3-compatible bucket: `prefix/ab/ab12…`. Credentials come as for all AWS tools.
 *
 * Errors: `unavailable` if the store does not answer, `permission_denied` if it refuses the credentials,
 * `failed_precondition` if there is no such bucket.
 */
class S3Blobs implements BlobStore {
  readonly #sdk: typeof Sdk;
  readonly #client: Sdk.S3Client;
  readonly #options: S3Options;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(sdk: typeof Sdk, options: S3Options) {
    this.#sdk = sdk;
    this.#client = new sdk.S3Client(clientSettings(options));
    this.#options = options;
    const { bucket, prefix } = placeOf(options.url);
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async size(digest: string): Promise<number | undefined> {
    try {
      const head = await this.#client.send(new this.#sdk.HeadObjectCommand(this.#target(digest)));
      return head.ContentLength ?? 0;
    } catch (error) {
      if (isNotThere(error)) return undefined;
      throw s3Error(error, "a file cannot be looked at", this.#options);
    }
  }

  /** Stores do not let the time of a file be set: it is copied onto itself, on their side. */
  async touch(digest: string): Promise<void> {
    const { Bucket, Key } = this.#target(digest);
    const from = { CopySource: encodeURI(`${Bucket}/${Key}`), MetadataDirective: "REPLACE" as const };
    try {
      const { ContentLength = 0, LastModified } = await this.#client.send(
        new this.#sdk.HeadObjectCommand({ Bucket, Key }),
      );
      const ageMs = wallNow(this.#options.clock) - (LastModified?.getTime() ?? 0);
      if (ageMs < YOUNG_MS || ContentLength > MAX_COPY_BYTES) return;
      await this.#client.send(new this.#sdk.CopyObjectCommand({ Bucket, Key, ...from }));
    } catch (error) {
      if (!isNotThere(error)) throw s3Error(error, "a file cannot be kept", this.#options);
    }
  }

  async put(digest: string, path: string): Promise<void> {
    await checkDigest(path, digest);
    const { size } = await stat(path);
    await this.#call("a file cannot be stored", async () => this.#store(digest, path, size));
    const stored = await this.size(digest);
    if (stored !== size) throw notWhole(digest, size, stored);
  }

  async *open(digest: string, offset = 0): AsyncGenerator<Uint8Array> {
    const range = offset > 0 ? { Range: `bytes=${offset}-` } : {};
    try {
      const command = new this.#sdk.GetObjectCommand({ ...this.#target(digest), ...range });
      const { Body } = await this.#client.send(command);
      yield* Body as AsyncIterable<Uint8Array>;
    } catch (error) {
      if (isNotThere(error)) throw blobNotFound(digest);
      throw s3Error(error, "a file cannot be fetched", this.#options);
    }
  }

  async delete(digest: string): Promise<void> {
    const command = new this.#sdk.DeleteObjectCommand(this.#target(digest));
    await this.#call("a file cannot be deleted", async () => this.#client.send(command));
  }

  async *list(): AsyncGenerator<{ digest: string; bytes: number; ageMs: number }> {
    const now = wallNow(this.#options.clock);
    let after: string | undefined;
    do {
      const page = await this.#page(after);
      for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
        const digest = Key.slice(Key.lastIndexOf("/") + 1);
        const ageMs = now - (LastModified?.getTime() ?? Number.POSITIVE_INFINITY);
        if (DIGEST.test(digest)) yield { digest, bytes: Size, ageMs };
      }
      after = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (after !== undefined);
  }

  #target(digest: string) {
    checkIsDigest(digest);
    return { Bucket: this.#bucket, Key: `${this.#prefix}${digest.slice(0, 2)}/${digest}` };
  }

  async #store(digest: string, path: string, size: number): Promise<void> {
    const target = this.#target(digest);
    if (size >= PARTS_FROM_BYTES) {
      await putInParts(this.#sdk, this.#client, target, { path, size });
      return;
    }
    const content = { Body: createReadStream(path), ContentLength: size };
    await this.#client.send(new this.#sdk.PutObjectCommand({ ...target, ...content }));
  }

  async #page(after: string | undefined): Promise<Sdk.ListObjectsV2CommandOutput> {
    const input = { Bucket: this.#bucket, Prefix: this.#prefix, ...(after && { ContinuationToken: after }) };
    const command = new this.#sdk.ListObjectsV2Command(input);
    return await this.#call("files cannot be listed", async () => this.#client.send(command));
  }

  async #call<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw s3Error(error, what, this.#options);
    }
  }
}

function clientSettings({ endpoint, region }: S3Options) {
  return {
    maxAttempts: ATTEMPTS,
    // Checksums of newer SDKs come as trailers that other stores take for content.
    requestChecksumCalculation: "WHEN_REQUIRED" as const,
    responseChecksumValidation: "WHEN_REQUIRED" as const,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SOCKET_MS, throwOnRequestTimeout: true },
    ...(region !== "" && { region }),
    ...(endpoint !== "" && { endpoint, forcePathStyle: true, ...(region === "" && { region: "us-east-1" }) }),
  };
}

function placeOf(url: string): { readonly bucket: string; readonly prefix: string } {
  const { hostname: bucket, pathname } = new URL(url);
  const prefix = pathname.replace(/^\/+|\/+$/g, "");
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/` };
}

function notWhole(digest: string, expected: number, got: number | undefined): PlatformError {
  return new PlatformError("unavailable", "the store of artifacts has not kept the whole file", {
    field: "artifacts.url",
    got: `${got ?? 0} bytes of ${digest}`,
    expected: `${expected} bytes`,
  });
}
