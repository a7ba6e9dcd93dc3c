import { once } from "node:events";
import { connect } from "node:net";

export interface AskedRequest {
  readonly path: string;
  /** JSON. */
  readonly body: string;
}

export interface AskingShape {
  readonly connections: number;
  /** Requests that are sent on a connection before the first of them is answered. */
  readonly depth: number;
  /** Requests over all connections. */
  readonly count: number;
}

/** Asks the same many times over kept connections, as cheaply as can be. @returns the answers by status. */
export async function keepAsking(
  port: number,
  { path, body }: AskedRequest,
  { connections, depth, count }: AskingShape,
): Promise<Record<number, number>> {
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json`;
  const request = `${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const statuses: Record<number, number> = {};
  const share = Math.ceil(count / connections);
  const shares = Array.from({ length: connections }, (_, i) => Math.min(share, count - i * share));
  await Promise.all(shares.map((part) => askOn(port, request, { depth, count: part }, statuses)));
  return statuses;
}

/** Asks on one connection: `depth` at once, and one more for each answer. */
async function askOn(
  port: number,
  request: string,
  { depth, count }: Omit<AskingShape, "connections">,
  statuses: Record<number, number>,
): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  let sent = 0;
  let answered = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on("error", reject).on("close", () => reject(new Error("connection closed")));
  socket.setEncoding("latin1").on("data", (text: string) => {
    // A status line is never cut in these small answers but at its start: each begins a write of the server.
    for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
      statuses[Number(status)] = (statuses[Number(status)] ?? 0) + 1;
      answered += 1;
    }
    const more = Math.min(count, answered + depth) - sent;
    if (more > 0) socket.write(request.repeat(more));
    sent += Math.max(0, more);
    if (answered === count) resolve();
  });
  sent = Math.min(depth, count);
  socket.write(request.repeat(sent));
  await promise;
  socket.destroy();
}
