import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { json, readAll, readUntil, serve, statusOf } from "../../../test/kit/serve-http.ts";
import type { HttpRoute } from "../../protocols/index.ts";

/** Counts the bytes of its body. */
const counting = (more: Partial<HttpRoute>): HttpRoute => ({
  method: "PUT",
  path: "/v2/file",
  access: "public",
  body: "stream",
  ...more,
  async handle({ bodyStream }) {
    let bytes = 0;
    for await (const part of bodyStream ?? []) bytes += part.length;
    return json({ bytes });
  },
});

const HEAD = "PUT /v2/file HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 20\r\n\r\n";
const settings = { requestTimeoutMs: 400, headersTimeoutMs: 400 };
const pause = async (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a paced body may come for longer than a request, if its parts do not tarry", async () => {
  await serve(
    [counting({ isPaced: true })],
    async ({ port }) => {
      const socket = connect(port, "127.0.0.1");
      socket.write(HEAD);
      for (let i = 0; i < 20; i++) {
        await pause(50);
        socket.write("x");
      }
      const text = await readAll(socket);
      assert.equal(statusOf(text), 200);
      assert.match(text, /"bytes":20/);
    },
    { settings },
  );
});

test("a paced body whose next part does not come is cut off", async () => {
  await serve(
    [counting({ isPaced: true })],
    async ({ port, front }) => {
      const socket = connect(port, "127.0.0.1");
      socket.write(`${HEAD}x`);
      await readAll(socket);
      assert.equal(front.active, 0);
    },
    { settings },
  );
});

test("any other streamed body has to have come when its request's time is up", async () => {
  await serve(
    [counting({})],
    async ({ port }) => {
      const socket = connect(port, "127.0.0.1");
      socket.write(`${HEAD}x`);
      assert.equal(statusOf(await readUntil(socket, /\r\n\r\n/)), 408);
      socket.destroy();
    },
    { settings },
  );
});

test("a route may take larger bodies than the server, or only smaller ones", async () => {
  const small: HttpRoute = { ...counting({ maxBytes: 10 }), path: "/v2/small", body: "buffer" };
  await serve(
    [counting({ maxBytes: 3000 }), { ...small, handle: async ({ body }) => json({ bytes: body.length }) }],
    async ({ port }) => {
      const send = async (path: string, bytes: number) => {
        const url = `http://127.0.0.1:${port}${path}`;
        const reply = await fetch(url, { method: "PUT", body: Buffer.alloc(bytes) });
        return { status: reply.status, text: await reply.text() };
      };
      assert.equal((await send("/v2/file", 3000)).text, '{"bytes":3000}');
      assert.equal((await send("/v2/file", 3001)).status, 413);
      assert.equal((await send("/v2/small", 10)).status, 200);
      const refused = await send("/v2/small", 11);
      assert.equal(refused.status, 413);
      assert.match(refused.text, /this route takes no larger ones/);
    },
    { settings: { maxBodyBytes: 1000 } },
  );
});
