import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import { PlatformError, systemClock } from "../../base/index.ts";
import { errorOf } from "../../client/index.ts";
import { platformError } from "../client-error.ts";
import type { Connection } from "../connection.ts";
import type { ReadyRequest } from "./bodies.ts";
import type { Send } from "./load.ts";

/** Sends one kind of request over connections of its own. */
export interface Sender {
  readonly send: Send;
  close(): void;
}

/** The part of a failed answer that is read for its message. */
const MAX_PROBLEM_BYTES = 16 * 1024;

/** A sender over HTTP/1.1 with kept connections, one for each request under way. */
export function httpSender(
  { url, key, tls }: Connection,
  { path, headers, body }: ReadyRequest,
  timeoutMs: number,
): Sender {
  const isSecure = url.protocol === "https:";
  const settings = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  const agent = isSecure ? new TlsAgent({ ...settings, ...tls }) : new Agent(settings);
  const request = isSecure ? httpsRequest : httpRequest;
  const options = {
    agent,
    method: "POST",
    hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
    path: url.pathname.replace(/\/$/, "") + path,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
      "content-length": body.length,
    },
  };
  const send = async () =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(options);
      const cancel = abortAfter(outgoing, timeoutMs);
      const settle = (error?: unknown) => {
        cancel();
        if (error !== undefined) reject(error);
        else resolve();
      };
      outgoing.once("error", settle);
      outgoing.once("response", (incoming) => readAnswer(incoming, path, settle));
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
}

function abortAfter(outgoing: ClientRequest, timeoutMs: number): () => void {
  return systemClock.after(timeoutMs, () => {
    outgoing.destroy(new PlatformError("deadline_exceeded", `no answer within ${timeoutMs} ms`));
  });
}

function readAnswer(incoming: IncomingMessage, path: string, settle: (error?: unknown) => void): void {
  const status = incoming.statusCode ?? 0;
  incoming.once("error", settle);
  if (status < 400) {
    incoming.once("end", () => settle());
    incoming.resume();
    return;
  }
  const kept: Buffer[] = [];
  let size = 0;
  incoming.on("data", (chunk: Buffer) => {
    if (size < MAX_PROBLEM_BYTES) kept.push(chunk);
    size += chunk.length;
  });
  incoming.once("end", () => {
    const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const reply = new Response(Buffer.concat(kept), { status, headers });
    // Never rejects: an answer that says nothing is an error by its status.
    void errorOf(reply, path).then((error) => settle(platformError(error)));
  });
}
