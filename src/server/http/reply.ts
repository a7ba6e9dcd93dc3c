import type { ServerResponse } from "node:http";
import type { HttpReply } from "../../protocols/index.ts";

/** What the server adds to every reply. */
export interface ReplyExtras {
  readonly requestId: string;
  /** `traceparent` to return; "" for none. */
  readonly trace: string;
  /** No further request on this connection. */
  readonly close: boolean;
  /** More header names and values, flat. */
  readonly more?: readonly string[];
}

/** A body that is known whole. */
export type WholeBody = string | Uint8Array | readonly Uint8Array[];

/** Bodies up to this size go out in one write with their headers. */
const ONE_WRITE_BYTES = 16_384;
/** Statuses whose replies have no body and no length. */
const hasNoBody = (status: number) => status === 204 || status === 304;

const PAGE_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/** Whether a body comes bit by bit. */
export function isStreamed(body: HttpReply["body"]): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && Symbol.asyncIterator in body;
}

/** Bytes of a body that is known whole. */
export function sizeOf(body: WholeBody): number {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (!Array.isArray(body)) return (body as Uint8Array).length;
  let bytes = 0;
  for (const part of body as readonly Uint8Array[]) bytes += part.length;
  return bytes;
}

/** Writes status and headers; `bytes` undefined for a streamed body. */
export function writeHead(
  response: ServerResponse,
  reply: HttpReply,
  bytes: number | undefined,
  extras: ReplyExtras,
): void {
  const { status, headers } = reply;
  const flat = ["x-request-id", extras.requestId, "x-content-type-options", "nosniff"];
  for (const name in headers) flat.push(name, headers[name] as string);
  for (const cookie of reply.cookies ?? []) flat.push("set-cookie", cookie);
  if (bytes !== undefined && !hasNoBody(status)) flat.push("content-length", String(bytes));
  if (extras.trace !== "") flat.push("traceparent", extras.trace);
  if (extras.close) flat.push("connection", "close");
  if (extras.more) flat.push(...extras.more);
  if (isPage(headers) && headers["content-security-policy"] === undefined) {
    flat.push("content-security-policy", PAGE_POLICY, "referrer-policy", "no-referrer");
  }
  response.writeHead(status, flat);
}

/** Sends a whole body and ends the reply. */
export function endWith(response: ServerResponse, body: WholeBody, bytes: number): void {
  if (typeof body === "string") {
    response.end(body);
  } else if (!Array.isArray(body)) {
    endWithBytes(response, body as Uint8Array);
  } else {
    writeParts(response, body as readonly Uint8Array[], bytes);
    response.end();
  }
}

/** Queues a whole body without ending the reply. */
export function writeParts(response: ServerResponse, parts: readonly Uint8Array[], bytes: number): void {
  if (bytes === 0) return;
  response.cork();
  for (const part of parts) if (part.length > 0) response.write(part);
  response.uncork();
}

/** A body as the list of its parts. */
export function partsOf(body: WholeBody): readonly Uint8Array[] {
  if (typeof body === "string") return [Buffer.from(body)];
  return Array.isArray(body) ? (body as readonly Uint8Array[]) : [body as Uint8Array];
}

/** Bytes as a Latin-1 string join the headers in one write, which costs less than two for small bodies. */
function endWithBytes(response: ServerResponse, body: Uint8Array): void {
  if (body.length > ONE_WRITE_BYTES) {
    response.end(body);
    return;
  }
  const buffer = body instanceof Buffer ? body : Buffer.from(body.buffer, body.byteOffset, body.length);
  response.end(buffer.toString("latin1"), "latin1");
}

const isPage = (headers: HttpReply["headers"]) => headers["content-type"]?.startsWith("text/html") === true;
