import { connect, type Socket } from "node:net";
import { openAccess } from "../../src/access/index.ts";
import { Deadlines, PlatformError, STATUS, systemClock } from "../../src/base/index.ts";
import { configSchema } from "../../src/config/index.ts";
import type { HttpProtocol, HttpReply, HttpRoute } from "../../src/protocols/index.ts";
import type { Front } from "../../src/server/front.ts";
import { createHttpServer, type HttpServerOptions } from "../../src/server/http/front.ts";
import { silentLogger } from "../../src/telemetry/index.ts";

type Settings = HttpServerOptions["settings"];
type Counted = [protocol: string, status: number, bytesIn: number, bytesOut: number];

/** A server under test. */
export interface Served {
  readonly front: Front;
  readonly port: number;
  readonly counted: Counted[];
}

const problem: HttpProtocol["failure"] = (thrown, { requestId, unrouted }) => {
  const error = PlatformError.from(thrown);
  const { code, details, message } = error;
  const { retryAfterMs = 0, ...known } = details;
  const headers = {
    "content-type": "application/json",
    ...(retryAfterMs > 0 && { "retry-after": String(retryAfterMs / 1000) }),
  };
  const status = unrouted ?? STATUS[code].http;
  return { status, headers, body: JSON.stringify({ status, code, message, requestId, ...known }) };
};

/** A JSON reply. */
export const json = (value: unknown): HttpReply => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

/** Answers with the body it gets. */
export const echo: HttpRoute = {
  method: "POST",
  path: "/v2/echo",
  access: "public",
  handle: async ({ body }) => ({ status: 200, headers: {}, body }),
};

/** Waits for the end of its deadline. */
export const never: HttpRoute = {
  method: "POST",
  path: "/v2/never",
  access: "public",
  handle: ({ context }) => new Promise((_, reject) => context.deadline.onEnd(reject)),
};

/** Serves routes on a free port while `run` runs. */
export async function serve(
  routes: HttpRoute[],
  run: (served: Served) => Promise<void>,
  options: Partial<Omit<HttpServerOptions, "settings">> & { settings?: Partial<Settings> } = {},
): Promise<void> {
  const counted: Counted[] = [];
  const protocol: HttpProtocol = { name: "test", prefixes: ["/v2"], routes, failure: problem };
  const front = createHttpServer({
    protocols: [protocol],
    access: openAccess,
    insecure: false,
    deadlineMs: 10_000,
    deadlines: new Deadlines(systemClock),
    clock: systemClock,
    logger: silentLogger,
    metrics: { http: (...facts) => void counted.push(facts) },
    logRequests: false,
    ...options,
    settings: { ...configSchema.parse({}).http, port: 0, ...options.settings },
  });
  const { port } = await front.listen();
  try {
    await run({ front, port, counted });
  } finally {
    await front.close(0);
  }
}

/** Sends raw text and gives all that comes back until the server closes. */
export async function raw(port: number, ...parts: (string | Uint8Array)[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  for (const part of parts) socket.write(part);
  return await readAll(socket);
}

/** All that comes until the server closes. */
export async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => {
    text += String(chunk);
  });
  await new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
  return text;
}

/** Reads until the text matches. */
export async function readUntil(socket: Socket, pattern: RegExp): Promise<string> {
  let text = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString("latin1");
    if (pattern.test(text)) return text;
  }
  throw new Error(`closed before ${pattern}: ${text}`);
}

/** A POST as text. */
export const post = (path: string, body: string, more = ""): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

/** The status of a raw answer. */
export const statusOf = (text: string): number => Number(text.slice(9, 12));
/** The body of a raw answer. */
export const bodyOf = (text: string): string => text.slice(text.indexOf("\r\n\r\n") + 4);
/** Resolves once nothing is under way. */
export const idle = async (front: Front): Promise<void> => {
  while (front.active > 0) await new Promise(setImmediate);
};
