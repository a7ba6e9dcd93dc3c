import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createClient } from "../client/index.ts";
import { nodeFetch } from "./node-fetch.ts";

/** A server of one handler, and a fetch that is closed afterwards. */
async function withServer(
  handler: RequestListener,
  use: (url: string, ask: typeof fetch) => Promise<void>,
): Promise<void> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const connections = nodeFetch({});
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections.fetch);
  } finally {
    connections.close();
    server.closeAllConnections();
    server.close();
  }
}

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { method = "", url, headers } = request;
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.writeHead(method === "PUT" ? 204 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
  });
};

interface Echo {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

test("texts, blobs and streams arrive whole, with their length where it is known", async () => {
  await withServer(echo, async (url, ask) => {
    const stream = new Blob(["a stream"]).stream();
    for (const [body, length] of [
      ["ä text", "7"],
      [new Blob(["a blob"]), "6"],
      [stream, undefined],
    ] as const) {
      const reply = await ask(`${url}/x`, { method: "POST", body, headers: { "x-a": "1" } });
      const seen = (await reply.json()) as Echo;
      assert.equal(seen.body, await new Response(body === stream ? "a stream" : body).text());
      assert.equal(seen.headers["content-length"], length);
      assert.equal(seen.headers["x-a"], "1");
      assert.deepEqual(reply.headers.getSetCookie(), ["a=1", "b=2"]);
    }
  });
});

test("answers without a body are taken as such", async () => {
  await withServer(echo, async (url, ask) => {
    assert.equal((await ask(url, { method: "PUT", body: "x" })).status, 204);
    const head = await ask(url, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
  });
});

test("a connection is kept for the next request", async () => {
  const ports = new Set<number | undefined>();
  const handler: RequestListener = (request, response) => {
    ports.add(request.socket.remotePort);
    response.end("{}");
  };
  await withServer(handler, async (url, ask) => {
    for (let i = 0; i < 5; i += 1) await (await ask(url)).text();
  });
  assert.equal(ports.size, 1);
});

test("an answer that comes before all is sent is heard", async () => {
  const refuse: RequestListener = (request, response) => {
    response.writeHead(413, { "content-type": "application/json", connection: "close" });
    response.end('{"code":"too_large","detail":"too much"}', () => request.destroy());
  };
  await withServer(refuse, async (url, ask) => {
    const client = createClient({ url, fetch: ask });
    const blob = new Blob([new Uint8Array(64 * 1024 * 1024)]);
    await assert.rejects(client.predictFile("m", blob), (error: { code?: string }) => {
      // The answer may be lost with the connection: then it is one that broke off.
      assert.match(String(error.code), /^(too_large|unavailable)$/);
      return true;
    });
  });
});

test("a server that hangs up in the middle of its answer is one that did not answer", async () => {
  const half: RequestListener = (_request, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half");
    setImmediate(() => response.destroy());
  };
  await withServer(half, async (url, ask) => {
    const client = createClient({ url, fetch: ask, retries: 0 });
    await assert.rejects(client.admin.showServer({}), { code: "unavailable", status: 0 });
  });
});
