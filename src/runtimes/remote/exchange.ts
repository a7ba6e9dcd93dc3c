import { type Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { PlatformError } from "../../base/index.ts";

/** One request to another server. */
export interface RemoteRequest {
  readonly method: "GET" | "POST";
  /** Below the server's address, with its leading slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** A whole answer. */
export interface RemoteAnswer {
  readonly status: number;
  /** The first value of each header, by its name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What one attempt led to. */
export type Attempted =
  | { readonly kind: "answered"; readonly answer: RemoteAnswer }
  /** No answer had begun, so sending it again does no harm. */
  | { readonly kind: "unanswered"; readonly error: PlatformError }
  /** An answer had begun, and is not one that can be used. */
  | { readonly kind: "broken"; readonly error: PlatformError };

/** How one attempt is made. */
export interface Exchanging {
  /** Address of the server. */
  readonly base: URL;
  readonly agent: Agent;
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
}

/** Sends a request once and reads its answer, following no redirect. @throws the signal's reason. */
export async function exchange(request: RemoteRequest, parts: Exchanging): Promise<Attempted> {
  const { signal, base } = parts;
  signal.throwIfAborted();
  let incoming: IncomingMessage;
  try {
    incoming = await answerTo(request, parts);
  } catch (thrown) {
    signal.throwIfAborted();
    return { kind: "unanswered", error: unreached(base, thrown) };
  }
  // One that is given up on may still fail, when nobody reads it any more.
  incoming.on("error", () => {});
  try {
    return { kind: "answered", answer: await wholeAnswer(incoming, parts) };
  } catch (thrown) {
    incoming.destroy();
    signal.throwIfAborted();
    return { kind: "broken", error: thrown instanceof PlatformError ? thrown : cutShort(base, thrown) };
  }
}

async function answerTo(
  { method, path, headers, body }: RemoteRequest,
  { base, agent, signal }: Exchanging,
): Promise<IncomingMessage> {
  const url = new URL(base.origin + base.pathname.replace(/\/$/, "") + path);
  const ask = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = ask(url, {
      method,
      agent,
      signal,
      headers: {
        accept: "application/json",
        "accept-encoding": "identity",
        ...(body && { "content-length": String(body.length) }),
        ...headers,
      },
    });
    outgoing.once("error", reject);
    outgoing.once("response", resolve);
    outgoing.end(body);
  });
}

async function wholeAnswer(incoming: IncomingMessage, parts: Exchanging): Promise<RemoteAnswer> {
  const { statusCode: status = 0, headers: given } = incoming;
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(given)) headers[name] = Array.isArray(value) ? value[0] : value;
  checkEncoding(headers["content-encoding"]);
  const limit = parts.maxResponseBytes;
  const announced = Number(headers["content-length"] ?? 0);
  if (announced > limit) throw tooLarge(`${announced} bytes`, limit);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge(`more than ${limit} bytes`, limit);
    chunks.push(chunk);
  }
  return { status, headers, body: Buffer.concat(chunks) };
}

/** None was asked for, and what is packed small may be huge. */
function checkEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding === "identity") return;
  throw new PlatformError("internal", "the remote server answered in an encoding that was not asked for", {
    field: "content-encoding",
    got: encoding.slice(0, 50),
    expected: "identity",
  });
}

function tooLarge(got: string, limit: number): PlatformError {
  return new PlatformError("internal", `the remote server's answer is too large: it has ${got}`, {
    field: "maxResponseBytes",
    got,
    expected: `at most ${limit} bytes`,
    hint: "raise maxResponseBytes in remote.json if answers are that large",
  });
}

function unreached(base: URL, cause: unknown): PlatformError {
  return new PlatformError("unavailable", `no answer from ${base.origin} (${reasonOf(cause)})`, {
    field: "url",
    got: base.origin,
    hint: "does the server run, and is that its address?",
    cause,
  });
}

function cutShort(base: URL, cause: unknown): PlatformError {
  const message = `${base.origin} broke off its answer (${reasonOf(cause)})`;
  return new PlatformError("unavailable", message, { field: "body", cause });
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return "code" in thrown && typeof thrown.code === "string" ? thrown.code : thrown.message;
}
