import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from "node:http2";
import { type ErrorCode, PlatformError, STATUS, systemClock } from "../../base/index.ts";
import type { Connection, TlsFiles } from "../connection.ts";
import type { Sender } from "./http-sender.ts";

const HEADERS = {
  ":method": "POST",
  ":path": "/inference.GRPCInferenceService/ModelInfer",
  "content-type": "application/grpc",
  te: "trailers",
};

/** Requests under way on one connection; servers commonly allow 100 streams or more. */
const STREAMS_PER_CONNECTION = 64;

/** Flow control that large answers do not wait for. */
const WINDOW_BYTES = 16 * 1024 * 1024;

/**
 * A sender over gRPC: the message framed by hand on node:http2, `underWay` requests at a time at the most.
 *
 * Source: gRPC over HTTP2, "Requests" and "Responses".
 */
export function grpcSender(
  { url, key, tls }: Connection,
  message: Uint8Array,
  { timeoutMs, underWay }: GrpcOptions,
): Sender {
  const headers = { ...HEADERS, ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const frame = frameOf(message);
  const count = Math.max(1, Math.ceil(underWay / STREAMS_PER_CONNECTION));
  const sessions = Array.from({ length: count }, () => new Session(url, tls));
  let turn = 0;
  const send = async () => {
    turn = (turn + 1) % count;
    const session = sessions[turn]?.open();
    if (session) await call(session, headers, frame, timeoutMs);
  };
  return {
    send,
    close: () => {
      for (const session of sessions) session.close();
    },
  };
}

/** How long one call may take, and how many there will be at once. */
export interface GrpcOptions {
  readonly timeoutMs: number;
  readonly underWay: number;
}

/** A connection that is opened again once it was lost. */
class Session {
  readonly #url: URL;
  readonly #tls: TlsFiles;
  #session: ClientHttp2Session | undefined;

  constructor(url: URL, tls: TlsFiles) {
    this.#url = url;
    this.#tls = tls;
  }

  open(): ClientHttp2Session {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const session = connect(this.#url.origin, {
      ...this.#tls,
      settings: { initialWindowSize: WINDOW_BYTES },
    });
    // Each stream reports the loss of the connection itself.
    session.on("error", () => {});
    session.once("connect", () => session.setLocalWindowSize(WINDOW_BYTES));
    this.#session = session;
    return session;
  }

  close(): void {
    this.#session?.destroy();
  }
}

async function call(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
  frame: Uint8Array,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers);
    const cancel = systemClock.after(timeoutMs, () => {
      reject(new PlatformError("deadline_exceeded", `no answer within ${timeoutMs} ms`));
      stream.close(constants.NGHTTP2_CANCEL);
    });
    let error: PlatformError | undefined = new PlatformError(
      "unavailable",
      "the stream ended without a status",
    );
    const read = (block: IncomingHttpHeaders) => {
      error = statusError(block, error);
    };
    stream.once("response", read);
    stream.once("trailers", read);
    stream.once("error", (lost: Error) => {
      error = new PlatformError("unavailable", `the connection was lost: ${lost.message}`);
    });
    stream.once("close", () => {
      cancel();
      if (error) reject(error);
      else resolve();
    });
    stream.resume();
    stream.end(frame);
  });
}

/** What a header or trailer block tells: the error of its `grpc-status`, none for 0, `before` without one. */
function statusError(
  headers: IncomingHttpHeaders,
  before: PlatformError | undefined,
): PlatformError | undefined {
  const status = headers["grpc-status"];
  if (status === undefined) return before;
  if (status === "0") return undefined;
  const code = Object.entries(STATUS).find(([, row]) => String(row.grpc) === status)?.[0] ?? "internal";
  return new PlatformError(code as ErrorCode, messageOf(headers["grpc-message"]));
}

function messageOf(header: string | string[] | undefined): string {
  try {
    return decodeURIComponent(String(header ?? "no message"));
  } catch {
    return String(header);
  }
}

function frameOf(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}
