import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the fake server got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** What the fake server answers: a status and a JSON value or text. */
export interface FakeReply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
}

/** An HTTP server that answers as it is told, for tests of clients. */
export interface FakeServer {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** Starts a fake server on a free port of loopback. */
export async function startFakeServer(answer: (request: Received) => FakeReply): Promise<FakeServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    // Settles itself: a failure closes the connection, which the client reports.
    void readAndAnswer(request, response).catch(() => request.destroy());
  });
  const readAndAnswer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = "", url: path = "", headers } = request;
    const one = { method, path, headers, body: Buffer.concat(chunks) };
    received.push(one);
    const { status = 200, json, text } = answer(one);
    response.writeHead(status, { "content-type": json === undefined ? "text/plain" : "application/json" });
    response.end(json === undefined ? (text ?? "") : JSON.stringify(json));
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
