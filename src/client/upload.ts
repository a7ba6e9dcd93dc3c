import { SirveError } from "./error.ts";
import { pause, type Transport } from "./transport.ts";

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

/** Failures in a row, without a byte that came, after which it is given up. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 25;

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
  let failures = 0;
  let reached = 0;
  for (;;) {
    const { offset, isComplete } = await uploadStatus(transport, path, signal);
    if (offset > reached) failures = 0;
    reached = offset;
    progress?.(isComplete ? blob.size : offset, blob.size);
    if (isComplete) return;
    try {
      const body = blob.slice(offset).stream();
      const counted = progress ? body.pipeThrough(counting(offset, blob.size, progress)) : body;
      const headers = { "content-type": "application/octet-stream", "upload-offset": String(offset) };
      await transport.open({ method: "PUT", path, headers, body: counted, signal });
      return;
    } catch (thrown) {
      failures += 1;
      const pauseMs = pauseAfter(thrown, failures);
      if (pauseMs === undefined || failures >= ATTEMPTS) throw thrown;
      await pause(pauseMs, signal);
    }
  }
}

/** Broken, or the same file is being sent already; else undefined: once more would end the same. */
function pauseAfter(thrown: unknown, failures: number): number | undefined {
  if (!(thrown instanceof SirveError) || thrown.details.code !== "unavailable") return undefined;
  return thrown.details.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** failures;
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
