import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { S3Client } from "@aws-sdk/client-s3";
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

/** Files from this size on go in parts. */
const PARTS_FROM_BYTES = 16 * 1024 * 1024;
const CONNECT_MS = 5000;
/** Longest silence of the store within a request. */
const SOCKET_MS = 30_000;
const ATTEMPTS = 3;

/**
 * Files by their SHA-256 in an S3-compatible bucket: `prefix/ab/ab12…`. Credentials come as for all AWS tools.
 *
 * @throws PlatformError `unavailable` if the store does not answer, `permission_denied` if it refuses the
 *   credentials, `failed_precondition` if there is no such bucket.
 */
export async function s3Blobs(options: S3Options): Promise<BlobStore & { close(): void }> {
  const { bucket, prefix } = placeOf(options.url);
  // Half a second of loading that nobody without a bucket should wait for.
  const sdk = await import("@aws-sdk/client-s3");
  const client = new sdk.S3Client(clientSettings(options));
  const keyOf = (digest: string) => {
    checkIsDigest(digest);
    return `${prefix}${digest.slice(0, 2)}/${digest}`;
  };
  const call = async <T>(what: string, work: (client: S3Client) => Promise<T>): Promise<T> => {
    try {
      return await work(client);
    } catch (error) {
      throw s3Error(error, what, options);
    }
  };
  const size = async (digest: string) => {
    try {
      const head = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: keyOf(digest) }));
      return head.ContentLength ?? 0;
    } catch (error) {
      if (isNotThere(error)) return undefined;
      throw s3Error(error, "a file cannot be looked at", options);
    }
  };
  return {
    size,
    async put(digest, path) {
      await checkDigest(path, digest);
      const { size: bytes } = await stat(path);
      const target = { Bucket: bucket, Key: keyOf(digest) };
      await call("a file cannot be stored", async () => {
        if (bytes >= PARTS_FROM_BYTES) await putInParts(sdk, client, target, { path, size: bytes });
        else {
          const Body = createReadStream(path);
          await client.send(new sdk.PutObjectCommand({ ...target, Body, ContentLength: bytes }));
        }
      });
      const stored = await size(digest);
      if (stored !== bytes) throw notWhole(digest, bytes, stored);
    },
    async *open(digest, offset = 0) {
      const Range = offset > 0 ? `bytes=${offset}-` : undefined;
      const target = { Bucket: bucket, Key: keyOf(digest), ...(Range && { Range }) };
      try {
        const { Body } = await client.send(new sdk.GetObjectCommand(target));
        yield* Body as AsyncIterable<Uint8Array>;
      } catch (error) {
        if (isNotThere(error)) throw blobNotFound(digest);
        throw s3Error(error, "a file cannot be fetched", options);
      }
    },
    async delete(digest) {
      await call("a file cannot be deleted", async () => {
        await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: keyOf(digest) }));
      });
    },
    async *list() {
      let ContinuationToken: string | undefined;
      do {
        const input = { Bucket: bucket, Prefix: prefix, ...(ContinuationToken && { ContinuationToken }) };
        const page = await call("files cannot be listed", async () =>
          client.send(new sdk.ListObjectsV2Command(input)),
        );
        for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
          const digest = Key.slice(Key.lastIndexOf("/") + 1);
          const ageMs = wallNow(options.clock) - (LastModified?.getTime() ?? Number.POSITIVE_INFINITY);
          if (/^[0-9a-f]{64}$/.test(digest)) yield { digest, bytes: Size, ageMs };
        }
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
    },
    close: () => client.destroy(),
  };
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
