import type { Clock } from "../base/index.ts";
import type { Logger } from "./log.ts";
import { type Attributes, encodeSpans, type Span } from "./span.ts";

/** Takes finished spans; never waits and never fails. */
export interface Tracer {
  record(span: Span): void;
  /** Sends what is queued and stops. */
  close(): Promise<void>;
}

export interface TracerOptions {
  /** Base address of an OTLP/HTTP collector, such as http://127.0.0.1:4318; spans go to /v1/traces below it. */
  readonly endpoint: string;
  readonly resource: Attributes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told how many spans were lost, because the queue was full or the collector refused them. */
  readonly onDropped: (count: number) => void;
}

const MAX_QUEUED = 4096;
const MAX_BATCH = 512;
const FLUSH_MS = 1000;
const TIMEOUT_MS = 5000;

/**
 * Sends spans in batches to an OTLP collector. A batch that fails is dropped and counted, not
 * tried again: traces must not pile up in a server whose collector is away.
 */
export function createTracer({ endpoint, resource, clock, logger, onDropped }: TracerOptions): Tracer {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  let queue: Span[] = [];
  let cancelTimer: (() => void) | undefined;
  let sending: Promise<void> | undefined;

  /** Sends batch after batch until the queue is empty. Settles itself. */
  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, MAX_BATCH);
      queue = queue.slice(MAX_BATCH);
      const failure = await send(url, encodeSpans(batch, resource));
      if (failure === undefined) continue;
      onDropped(batch.length);
      logger.warn("spans were not exported", { url, spans: batch.length, reason: failure });
    }
  }

  function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    sending ??= drain().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  return {
    record(span) {
      if (queue.length >= MAX_QUEUED) return onDropped(1);
      queue.push(span);
      if (queue.length >= MAX_BATCH) void flush();
      else cancelTimer ??= clock.after(FLUSH_MS, () => void flush());
    },
    close: () => flush(),
  };
}

/** Why the collector did not take it; undefined if it did. */
async function send(url: string, body: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = { "content-type": "application/json" };
    const reply = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
    await reply.arrayBuffer();
    return reply.ok ? undefined : `status ${reply.status}`;
  } catch (thrown) {
    if (!(thrown instanceof Error)) return String(thrown);
    return thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
  }
}
