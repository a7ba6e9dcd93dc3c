import type { HttpProtocol, HttpRequest } from "../../src/protocols/index.ts";
import { plainContext } from "./fake-planes.ts";

/** What came back of one call of a protocol without a server. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface RestCallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Calls a protocol's route as the server would, failures included. */
export async function callRest(
  protocol: HttpProtocol,
  method: string,
  path: string,
  { headers = {}, body = "" }: RestCallOptions = {},
): Promise<RestAnswer> {
  const matches = protocol.routes.flatMap((route) => {
    const params = match(route.path, path);
    return params ? [{ route, params }] : [];
  });
  // A route without names before one with: as the server's table prefers it.
  const found = matches.toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  const hit = found.find(({ route }) => route.method === method || route.method === "*");
  const failed = { path, requestId: "r1" };
  if (!hit) {
    const unrouted = found.length > 0 ? 405 : 404;
    return await read(protocol.failure(undefined, { ...failed, unrouted }));
  }
  const request: HttpRequest = {
    method,
    path,
    params: hit.params,
    query: new URLSearchParams(),
    headers,
    body: typeof body === "string" ? Buffer.from(body) : body,
    context: plainContext(),
  };
  try {
    return await read(await hit.route.handle(request));
  } catch (thrown) {
    return await read(protocol.failure(thrown, failed));
  }
}

function match(template: string, path: string): Record<string, string> | undefined {
  const pattern = template.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  const groups = new RegExp(`^${pattern}$`).exec(path);
  if (!groups) return undefined;
  return Object.fromEntries(
    Object.entries(groups.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

async function read(
  reply: Awaited<ReturnType<HttpProtocol["routes"][number]["handle"]>>,
): Promise<RestAnswer> {
  const { status, headers, body } = reply;
  const chunks: Uint8Array[] = [];
  if (typeof body === "string") chunks.push(Buffer.from(body));
  else if (body instanceof Uint8Array) chunks.push(body);
  else for await (const chunk of body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return { status, headers, bytes, text: bytes.toString() };
}
