import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { PlatformError, systemClock } from "../../base/index.ts";
import { problemOf } from "../problem.ts";
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
export function httpSender(url: URL, { path, headers, body }: ReadyRequest, timeoutMs: number): Sender {
  if (url.protocol !== "http:") {
    throw new PlatformError("invalid_argument", "bench speaks plain HTTP only", {
      field: "--url",
      got: url.href,
      expected: "http://HOST:PORT",
    });
  }
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const options = {
    agent,
    method: "POST",
    hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? 80 : Number(url.port),
    path: url.pathname.replace(/\/$/, "") + path,
    headers: { ...headers, "content-length": body.length },
  };
  const send = async () =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request(options);
      const cancel = abortAfter(outgoing, timeoutMs);
      const settle = (error?: Error) => {
        cancel();
        if (error) reject(error);
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

function readAnswer(incoming: IncomingMessage, path: string, settle: (error?: Error) => void): void {
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
    settle(problemOf({ status, headers: incoming.headers, body: Buffer.concat(kept) }, path));
  });
}
