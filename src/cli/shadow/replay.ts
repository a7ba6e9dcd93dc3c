import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { PlatformError, systemClock } from "../../base/index.ts";
import { nodeFetch } from "../node-fetch.ts";
import type { Mirror } from "./mirror.ts";
import type { Tally } from "./tally.ts";

/** What requests are taken up with, wherever they come from. */
export interface Watching {
  /** The server that answers. */
  readonly target: URL;
  readonly mirror: Mirror;
  readonly tally: Tally;
  readonly stop: AbortSignal;
  /** Longest that a request may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Sends recorded bodies, one a line, to the old server and then to the new model, one after another. */
export async function replay(
  { target, mirror, tally, stop, timeoutMs }: Watching,
  { file, path }: { readonly file: string; readonly path: string },
): Promise<void> {
  const connections = nodeFetch({});
  const url = target.origin + target.pathname.replace(/\/$/, "") + path;
  const headers = { "content-type": "application/json" };
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (stop.aborted) break;
      if (line.trim() === "") continue;
      const startedMs = systemClock.now();
      const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
      const reply = await connections.fetch(url, { method: "POST", headers, body: line, signal });
      const bytes = new Uint8Array(await reply.arrayBuffer());
      const tookMs = systemClock.now() - startedMs;
      tally.requests += 1;
      const { status } = reply;
      if (status === 429 || status >= 500) {
        tally.oldFailed += 1;
        continue;
      }
      const header = (name: string) => reply.headers.get(name) ?? undefined;
      mirror.offer({ headers, body: Buffer.from(line), answer: { status, header, bytes }, tookMs });
      await mirror.idle(); // Nobody waits for an answer here, so that nothing need be dropped.
    }
  } catch (cause) {
    // Interrupted, it tells what was seen.
    if (!stop.aborted) throw unreadable(cause, file, target);
  } finally {
    connections.close();
  }
}

function unreadable(cause: unknown, file: string, { origin }: URL): PlatformError {
  if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
    const details = { field: "--requests-file", got: file, cause };
    return new PlatformError("not_found", "--requests-file cannot be read", details);
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PlatformError("unavailable", `${origin} does not answer: ${message}`, {
    field: "old-url",
    cause,
  });
}
