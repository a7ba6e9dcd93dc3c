import { SirveError } from "./error.ts";
import type { Transport } from "./transport.ts";

/** A file to send. In Node `fs.openAsBlob(path)` makes a Blob that is read as it goes. */
export interface UploadSource {
  readonly blob: Blob;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

/** What an upload may say besides. */
export interface UploadOptions {
  readonly progress?: Progress | undefined;
  /** Stops it; what has come by then is kept by the server, and a later upload goes on there. */
  readonly signal?: AbortSignal | undefined;
}

/** Called as bytes leave: how many the server has or is getting, of how many. */
export type Progress = (sentBytes: number, totalBytes: number) => void;

const ATTEMPTS = 5;

/**
 * Sends a file once: what the server has already, of this or an earlier attempt, is not sent again,
 * and a broken transfer goes on where it stopped.
 */
export async function upload(
  transport: Transport,
  { blob, digest }: UploadSource,
  { progress, signal }: UploadOptions = {},
): Promise<void> {
  const path = `/api/v1/uploads/${digest}`;
  for (let attempt = 1; ; attempt += 1) {
    const { offset, isComplete } = await uploadStatus(transport, path, signal);
    if (isComplete) {
      progress?.(blob.size, blob.size);
      return;
    }
    try {
      const body = blob.slice(offset).stream();
      const counted = progress ? body.pipeThrough(counting(offset, blob.size, progress)) : body;
      const headers = {
        "content-type": "application/octet-stream",
        ...(offset > 0 && { "upload-offset": String(offset) }),
      };
      await transport.open({ method: "PUT", path, headers, body: counted, signal });
      return;
    } catch (thrown) {
      const isBroken = thrown instanceof SirveError && thrown.code === "unavailable";
      if (!isBroken || attempt >= ATTEMPTS) throw thrown;
    }
  }
}

async function uploadStatus(
  { ask }: Transport,
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ offset: number; isComplete: boolean }> {
  const reply = await ask({ method: "HEAD", path, signal }).catch((thrown: unknown) => {
    if (thrown instanceof SirveError && thrown.status === 404) return undefined;
    throw thrown;
  });
  const offset = Number(reply?.headers.get("upload-offset") ?? 0);
  return {
    offset: Number.isSafeInteger(offset) ? offset : 0,
    isComplete: reply?.headers.get("upload-complete") === "true",
  };
}

function counting(from: number, total: number, progress: Progress): TransformStream<Uint8Array, Uint8Array> {
  let sent = from;
  return new TransformStream({
    transform(chunk, controller) {
      sent += chunk.length;
      progress(sent, total);
      controller.enqueue(chunk);
    },
  });
}
