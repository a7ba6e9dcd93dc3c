import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../base/index.ts";
import { Kept } from "./kept.ts";
import type { Exchanged } from "./mirror.ts";

/** A port that hands every request on to another server. */
export interface Proxy {
  /** Such as "http://127.0.0.1:8501". */
  readonly url: string;
  /** Takes no more requests, and resolves once those under way are answered. */
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** The server that answers. */
  readonly target: URL;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  /** Whether what comes of a request is wanted. */
  readonly isWatched: (method: string, path: string) => boolean;
  /** Told of a watched request once its answer has been sent. */
  readonly onAnswered: (exchanged: Exchanged) => void;
  /** Told of one that was too large to keep, or broke off. */
  readonly onLost: () => void;
}

/** Headers of one connection, which are not handed on. Source: RFC 9110, section 7.6.1. */
const OF_CONNECTION = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
]);

/** Starts the port. @throws the system's error if it cannot listen there. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const { target, host, port } = options;
  const isSecure = target.protocol === "https:";
  const agent = isSecure ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const server = createServer((request, response) => forward(request, response, { options, agent }));
  // A long prediction is the old server's to end.
  server.requestTimeout = 0;
  await listening(server, host, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
      agent.destroy();
    },
  };
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

interface Forwarding {
  readonly options: ProxyOptions;
  readonly agent: Agent;
}

function forward(incoming: IncomingMessage, response: ServerResponse, { options, agent }: Forwarding): void {
  const { target, clock, isWatched } = options;
  const { method = "GET", url = "/" } = incoming;
  const watched = isWatched(method, url.split("?")[0] ?? "") ? new Kept(incoming, options) : undefined;
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  const startedMs = clock.now();
  const outgoing = send({
    protocol: target.protocol,
    hostname: target.hostname.replace(/^\[|\]$/g, ""),
    port: target.port,
    agent,
    method,
    path: target.pathname.replace(/\/$/, "") + url,
    headers: [...handedOn(incoming.rawHeaders, true), "host", target.host],
  });
  outgoing.once("response", (answer) => {
    response.sendDate = false;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, handedOn(answer.rawHeaders, false));
    watched?.answered(answer, response, startedMs);
    answer.pipe(response);
    answer.once("error", () => response.destroy());
  });
  outgoing.once("error", (error) => {
    watched?.lost();
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end(`${target.origin} does not answer: ${error.message}\n`);
  });
  // Who goes away ends the old server's work, as without the proxy.
  response.once("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

/** Names and values in turn, as they came. */
function handedOn(raw: readonly string[], isRequest: boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] ?? "").toLowerCase();
    if (OF_CONNECTION.has(name) || (isRequest && name === "host")) continue;
    kept.push(raw[i] ?? "", raw[i + 1] ?? "");
  }
  return kept;
}
