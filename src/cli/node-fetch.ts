import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { TlsFiles } from "./connection.ts";

/** A fetch whose connections are kept, until they are closed. */
export interface NodeFetch {
  readonly fetch: typeof fetch;
  close(): void;
}

/**
 * A fetch for the client on Node's own HTTP: the platform's takes no certificates, knows ports that it
 * refuses, and gives up after five minutes whatever it is told. Follows no redirect.
 */
export function nodeFetch(tls: TlsFiles): NodeFetch {
  const plain = new Agent({ keepAlive: true });
  const secure = new TlsAgent({ keepAlive: true, ...tls });
  const ask = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const isSecure = url.protocol === "https:";
    const { method = "GET", body, signal } = init;
    const headers = { ...Object.fromEntries(new Headers(init.headers)), ...lengthOf(method, body) };
    return new Promise<Response>((resolve, reject) => {
      const outgoing = (isSecure ? httpsRequest : httpRequest)(url, {
        method,
        headers,
        agent: isSecure ? secure : plain,
        ...(signal && { signal }),
      });
      outgoing.once("error", reject);
      outgoing.once("response", (incoming) => resolve(responseOf(incoming, method)));
      // Settles itself: what fails here fails the request, unless an answer came before all was sent.
      if (body === undefined || body === null) outgoing.end();
      else void pipeline(partsOf(body), outgoing).catch(() => undefined);
    });
  };
  return {
    fetch: ask,
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

type Body = NonNullable<RequestInit["body"]>;

/** The length, where it is known; without one the body is sent in chunks. */
function lengthOf(method: string, body: RequestInit["body"]): Record<string, string> {
  if (body === undefined || body === null) return method === "POST" ? { "content-length": "0" } : {};
  if (typeof body === "string") return { "content-length": String(Buffer.byteLength(body)) };
  return body instanceof Blob ? { "content-length": String(body.size) } : {};
}

function partsOf(body: Body): Readable {
  if (typeof body === "string") return Readable.from([Buffer.from(body)]);
  if (body instanceof Blob) return Readable.fromWeb(body.stream());
  if (body instanceof ReadableStream) return Readable.fromWeb(body);
  throw new TypeError("a body is a text, a Blob or a stream");
}

/** Statuses whose answers have no body. Source: WHATWG Fetch, "null body status". */
const NO_BODY = new Set([101, 103, 204, 205, 304]);

function responseOf(incoming: IncomingMessage, method: string): Response {
  const { statusCode: status = 0, headersDistinct } = incoming;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  if (method !== "HEAD" && !NO_BODY.has(status)) {
    return new Response(Readable.toWeb(incoming), { status, headers });
  }
  incoming.resume();
  return new Response(null, { status, headers });
}
