import { connect, type Socket } from "node:net";

/** What a load has seen. */
export interface LoadResult {
  readonly answers: number;
  readonly failures: number;
  readonly seconds: number;
  /** Milliseconds, one per answer, in order of arrival. */
  readonly latenciesMs: readonly number[];
}

export interface HttpLoad {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Whole requests, bytes as sent; each connection goes through them in turn. */
  readonly requests: readonly Uint8Array[];
}

/** The bytes of a keep-alive request to loopback. */
export function rawRequest(
  path: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Uint8Array {
  const lines = Object.entries({ host: "127.0.0.1", "content-length": String(body.length), ...headers });
  const head = `POST ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/**
 * Closed-loop load over raw sockets: each connection sends the next request when the answer to the
 * last is whole. It costs a fraction of an HTTP client, so the server is what saturates.
 */
export async function httpLoad(load: HttpLoad): Promise<LoadResult> {
  const start = performance.now();
  const end = start + load.seconds * 1000;
  const parts = await Promise.all(
    Array.from({ length: load.connections }, async (_, index) => oneConnection(load, index, end)),
  );
  return {
    answers: parts.reduce((sum, part) => sum + part.latenciesMs.length, 0),
    failures: parts.reduce((sum, part) => sum + part.failures, 0),
    seconds: (performance.now() - start) / 1000,
    latenciesMs: parts.flatMap((part) => part.latenciesMs),
  };
}

interface ConnectionResult {
  readonly latenciesMs: number[];
  failures: number;
}

async function oneConnection(load: HttpLoad, index: number, end: number): Promise<ConnectionResult> {
  const result: ConnectionResult = { latenciesMs: [], failures: 0 };
  const socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
  const reader = new AnswerReader();
  let turn = index;
  let sentAt = 0;
  const send = () => {
    const request = load.requests[turn++ % load.requests.length];
    sentAt = performance.now();
    if (request) socket.write(request);
  };
  await new Promise<void>((resolve) => {
    socket.on("connect", send);
    socket.on("data", (chunk: Buffer) => {
      const status = reader.push(chunk);
      if (status === undefined) return;
      const now = performance.now();
      if (status === 200) result.latenciesMs.push(now - sentAt);
      else result.failures += 1;
      if (now < end) send();
      else socket.end();
    });
    socket.on("error", () => (result.failures += 1));
    socket.on("close", () => resolve());
  });
  closeQuietly(socket);
  return result;
}

function closeQuietly(socket: Socket): void {
  socket.removeAllListeners();
  socket.destroy();
}

/** Finds the end of each answer; only answers with a Content-Length are expected. */
export class AnswerReader {
  #head = "";
  #missing = -1;
  #status = 0;

  /** The status of an answer that is now whole. */
  push(chunk: Buffer): number | undefined {
    if (this.#missing >= 0) return this.#take(chunk.length);
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    this.#status = Number(this.#head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#head)?.[1];
    this.#missing = Number(length ?? 0);
    const rest = this.#head.length - end - 4;
    this.#head = "";
    return this.#take(rest);
  }

  #take(bytes: number): number | undefined {
    this.#missing -= bytes;
    if (this.#missing > 0) return undefined;
    this.#missing = -1;
    return this.#status;
  }
}
