import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import { PlatformError, systemClock } from "../base/index.ts";
import type { RequestFailure } from "./exit-code.ts";
import { problemOf } from "./problem.ts";

/** One request to the server. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query below the server's address. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: OutgoingHttpHeaders;
}

/** What the server answered. */
export interface ClientReply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A small client of one server: connections kept alive, a limit on time and on size. */
export interface Client {
  readonly url: URL;
  /** @throws PlatformError with the server's own words if it refuses, `unavailable` if none answers. */
  call(request: ClientRequest): Promise<ClientReply>;
  /** Like {@link Client.call}, whatever the status is. */
  send(request: ClientRequest): Promise<ClientReply>;
  /** Closes the connections. */
  close(): void;
}

const MAX_REPLY_BYTES = 1024 * 1024 * 1024;

/** A client of the server at `url`. @throws PlatformError `invalid_argument` if that is no HTTP address. */
export function createClient(url: string, timeoutMs: number, key?: string): Client {
  const base = parseUrl(url);
  const tls = base.protocol === "https:";
  const agent = tls ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const start = tls ? httpsRequest : httpRequest;
  const credentials = key === undefined || key === "" ? {} : { authorization: `Bearer ${key}` };
  const send = async (request: ClientRequest) =>
    new Promise<ClientReply>((resolve, reject) => {
      const prefix = base.pathname.replace(/\/$/, "");
      const outgoing = start(new URL(prefix + request.path, base), {
        method: request.method,
        agent,
        headers: {
          ...credentials,
          ...request.headers,
          "content-length": Buffer.byteLength(request.body ?? ""),
        },
      });
      const cancel = systemClock.after(timeoutMs, () => outgoing.destroy(tooSlow(base, timeoutMs)));
      const fail = (error: Error) => {
        cancel();
        reject(failureOf(error, base));
      };
      outgoing.once("error", fail);
      outgoing.once("response", (incoming) => {
        collect(incoming).finally(cancel).then(resolve, fail);
      });
      outgoing.end(request.body);
    });
  const call = async (request: ClientRequest) => {
    const reply = await send(request);
    if (reply.status >= 400) throw problemOf(reply, request.path);
    return reply;
  };
  return { url: base, call, send, close: () => agent.destroy() };
}

/** The address of a server. @throws PlatformError `invalid_argument`, naming `field`. */
export function parseUrl(url: string, field = "--url"): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.hostname !== "") return parsed;
  throw new PlatformError("invalid_argument", `${field} is no address of a server`, {
    field,
    got: url,
    expected: "http://HOST:PORT",
  });
}

async function collect(incoming: IncomingMessage): Promise<ClientReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) {
      throw new PlatformError("too_large", `the answer is larger than ${MAX_REPLY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
}

function tooSlow(url: URL, timeoutMs: number): PlatformError {
  return new PlatformError("deadline_exceeded", `${url.origin} did not answer within ${timeoutMs} ms`, {
    field: "--timeout-ms",
    hint: "give it more time with --timeout-ms, or see what it does with sirve top",
    cause: { kind: "answered", status: 504 } satisfies RequestFailure,
  });
}

function failureOf(error: Error, url: URL): PlatformError {
  if (error instanceof PlatformError) return error;
  const reason = "code" in error && typeof error.code === "string" ? error.code : error.message;
  return new PlatformError("unavailable", `no server answers at ${url.origin} (${reason})`, {
    field: "--url",
    hint: "start one with sirve serve, or name another with --url",
    cause: { kind: "unreachable" } satisfies RequestFailure,
  });
}
