import { type FileHandle, open } from "node:fs/promises";
import type * as Sdk from "@aws-sdk/client-s3";

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

const PART_BYTES = 8 * 1024 * 1024;
/** S3 takes at most so many parts. */
const MAX_PARTS = 10_000;

/** Stores a large file part by part; what was begun is taken back if it fails. */
export async function putInParts(
  sdk: typeof Sdk,
  client: Sdk.S3Client,
  target: Target,
  { path, size }: { readonly path: string; readonly size: number },
): Promise<void> {
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(target));
  const upload = { ...target, UploadId };
  try {
    const Parts = await sendParts(sdk, client, upload, { path, size });
    await client.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (error) {
    // The first failure is the one to tell; parts that stay are for the bucket's own life-cycle rule.
    await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/** A read may give less than was asked for. @throws Error if the file has become shorter. */
async function readWhole(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at, from + at);
    if (bytesRead === 0) throw new Error(`the file ended at byte ${from + at}`);
    at += bytesRead;
  }
  return bytes;
}

async function sendParts(
  sdk: typeof Sdk,
  client: Sdk.S3Client,
  upload: Target & { readonly UploadId: string | undefined },
  { path, size }: { readonly path: string; readonly size: number },
) {
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS));
  const file = await open(path, "r");
  try {
    const parts: { ETag: string | undefined; PartNumber: number }[] = [];
    for (let at = 0, PartNumber = 1; at < size; at += partBytes, PartNumber++) {
      const Body = await readWhole(file, at, Math.min(partBytes, size - at));
      const { ETag } = await client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body }));
      parts.push({ ETag, PartNumber });
    }
    return parts;
  } finally {
    await file.close();
  }
}
