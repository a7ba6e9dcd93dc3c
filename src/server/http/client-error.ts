import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { PlatformError } from "../../base/index.ts";
import { problemOf } from "../../protocols/index.ts";

interface Refusal {
  readonly status: number;
  readonly message: string;
}

const MALFORMED: Refusal = { status: 400, message: "the request is not valid HTTP/1.1" };

const REFUSALS = new Map<string, Refusal>([
  ["HPE_HEADER_OVERFLOW", { status: 431, message: "request line and headers are too large together" }],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", { status: 413, message: "chunk extensions are too large" }],
  ["ERR_HTTP_REQUEST_TIMEOUT", { status: 408, message: "the request did not arrive in time" }],
]);

/** The status with which bytes that are no request are answered. */
export function statusOfClientError(code: string): number {
  return (REFUSALS.get(code) ?? MALFORMED).status;
}

/** Answers bytes that are no request, as far as the socket still can, and closes it. */
export function answerClientError(socket: Socket, code: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, message } = REFUSALS.get(code) ?? MALFORMED;
  const error = new PlatformError(
    status === 431 || status === 413 ? "too_large" : "invalid_argument",
    message,
  );
  const json = JSON.stringify(problemOf(error, undefined, status));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(json)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${json}`, () => socket.destroy());
}
