import { type Deadline, PlatformError } from "../../base/index.ts";
import type { HttpReply } from "../../protocols/index.ts";
import type { Artifacts, Registry, UploadStatus } from "../../registry/index.ts";
import type { AdminRequest, HandlersOf } from "./contract.ts";
import { NO_STORE } from "./reply.ts";

type UploadHandlers = HandlersOf<"uploadStatus" | "upload" | "downloadFile">;

export interface UploadParts {
  readonly registry: Registry;
  readonly artifacts: Artifacts;
  readonly maxUploadBytes: number;
}

/** Files on their way in and out, part by part. */
export function uploadHandlers({ registry, artifacts, maxUploadBytes }: UploadParts): UploadHandlers {
  return {
    async uploadStatus({ params: { digest } }) {
      return statusReply(200, await artifacts.uploadStatus(digest));
    },
    async upload({ params: { digest } }, { http }) {
      const { bodyStream, headers, context } = http;
      if (!bodyStream) throw new Error("the route of uploads is no stream");
      const offset = readOffset(headers["upload-offset"], maxUploadBytes);
      const bytes = untilEnded(atMost(bodyStream, offset, maxUploadBytes), context.deadline);
      return statusReply(204, await artifacts.upload(digest, offset, bytes));
    },
    async downloadFile({ params: { model, version, file } }, request) {
      const { files } = await registry.version(model, version);
      const found = files.find(({ name }) => name === file);
      if (!found) throw fileNotFound(model, version, file);
      const { digest, bytes } = found;
      if ((await artifacts.blobs.size(digest)) === undefined) throw fileLost(digest);
      return rangeReply(request, { digest, bytes }, (offset) => artifacts.blobs.open(digest, offset));
    },
  };
}

function statusReply(status: number, { offset, isComplete }: UploadStatus): HttpReply {
  const headers = {
    ...NO_STORE,
    "upload-offset": String(offset),
    "upload-complete": String(isComplete),
  };
  return { status, headers, body: "" };
}

function readOffset(header: string | undefined, max: number): number {
  if (header === undefined) return 0;
  const offset = Number(header);
  if (/^[0-9]{1,16}$/.test(header) && offset <= max) return offset;
  throw new PlatformError("invalid_argument", `Upload-Offset is "${header.slice(0, 40)}"`, {
    field: "Upload-Offset",
    got: header.slice(0, 40),
    expected: `a number of bytes from 0 to ${max}`,
  });
}

/** A file may come in several requests; together they are held to the limit of one. */
async function* atMost(
  parts: AsyncIterable<Uint8Array>,
  offset: number,
  max: number,
): AsyncGenerator<Uint8Array> {
  let size = offset;
  for await (const part of parts) {
    size += part.length;
    if (size > max) {
      throw new PlatformError("too_large", `the file has more than the ${max} bytes allowed`, {
        field: "body",
        got: `${size} bytes`,
        expected: `at most ${max} bytes`,
        hint: "raise artifacts.maxUploadBytes",
      });
    }
    yield part;
  }
}

/** Stops between two parts once nobody waits for the answer: what has come until then is kept. */
async function* untilEnded(parts: AsyncIterable<Uint8Array>, deadline: Deadline): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    deadline.check();
    yield part;
  }
}

const RANGE = /^bytes=([0-9]{1,15})-$/;

/** The whole file, or from where "Range: bytes=N-" says: other ranges are answered with the whole. */
function rangeReply(
  { http }: AdminRequest,
  { digest, bytes }: { readonly digest: string; readonly bytes: number },
  open: (offset: number) => AsyncIterable<Uint8Array>,
): HttpReply {
  const asked = RANGE.exec(http.headers["range"] ?? "");
  const offset = asked ? Number(asked[1]) : 0;
  const headers = {
    ...NO_STORE,
    "content-type": "application/octet-stream",
    "x-content-sha256": digest,
    "accept-ranges": "bytes",
    etag: `"${digest}"`,
  };
  if (offset > 0 && offset >= bytes) {
    return { status: 416, headers: { ...headers, "content-range": `bytes */${bytes}` }, body: "" };
  }
  const rest = { ...headers, "content-length": String(bytes - offset) };
  if (!asked) return { status: 200, headers: rest, body: open(0) };
  const range = `bytes ${offset}-${Math.max(offset, bytes - 1)}/${bytes}`;
  return { status: 206, headers: { ...rest, "content-range": range }, body: open(offset) };
}

function fileLost(digest: string): PlatformError {
  return new PlatformError("unavailable", "the file is not in the store of artifacts", {
    field: "file",
    got: digest,
    hint: "sirve doctor checks the store; a backup may have it",
  });
}

function fileNotFound(model: string, version: number, file: string): PlatformError {
  const got = file.slice(0, 128);
  return new PlatformError("not_found", `version ${version} of ${model} has no file "${got}"`, {
    field: "file",
    got,
  });
}
