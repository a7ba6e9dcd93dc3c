import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import {
  bodyOf,
  echo,
  idle,
  json,
  never,
  post,
  raw,
  readAll,
  readUntil,
  serve,
  statusOf,
} from "../../../test/kit/serve-http.ts";
import { PlatformError } from "../../base/index.ts";
import type { HttpReply, HttpRoute } from "../../protocols/index.ts";

test("a client that half-closes after its request still gets its answer", async () => {
  await serve([echo], async ({ port }) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.end(post("/v2/echo", "half"));
    assert.equal(bodyOf(await readAll(socket)), "half");
  });
});

test("a client that goes away while it sends, waits or reads ends its request", async () => {
  const reasons: string[] = [];
  const endless: HttpRoute = {
    method: "POST",
    path: "/v2/endless",
    access: "public",
    async handle({ context }) {
      context.deadline.onEnd((reason) => reasons.push(reason.code));
      return { status: 200, headers: {}, body: endlessly() };
    },
  };
  async function* endlessly(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(100_000);
  }
  const waiting: HttpRoute = {
    ...never,
    handle: ({ context }) =>
      new Promise((_, reject) => {
        context.deadline.onEnd((reason) => {
          reasons.push(reason.code);
          reject(reason);
        });
      }),
  };
  await serve([echo, waiting, endless], async ({ port, front, counted }) => {
    const goAway = async (text: string, until: () => Promise<unknown>) => {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      socket.write(text);
      while (front.active === 0) await new Promise(setImmediate);
      await until();
      socket.destroy();
      await idle(front);
    };
    await goAway(post("/v2/echo", "abc").replace("Length: 3", "Length: 30"), async () => {});
    await goAway(post("/v2/never", "abc"), async () => {});
    await goAway(post("/v2/endless", "abc"), () => new Promise((resolve) => setImmediate(resolve)));
    assert.deepEqual(reasons, ["cancelled", "cancelled"]);
    assert.deepEqual(
      counted.map(([, status]) => status),
      [499, 499, 200],
    );
  });
});

test("a deadline of the client or of the server is answered even if the handler never ends", async () => {
  const hang: HttpRoute = {
    method: "POST",
    path: "/v2/hang",
    access: "public",
    handle: () => new Promise(() => {}),
  };
  await serve(
    [hang, never],
    async ({ port, front }) => {
      assert.equal(statusOf(await raw(port, post("/v2/hang", "x", "Connection: close\r\n"))), 504);
      const text = await raw(port, post("/v2/never", "x", "Connection: close\r\nx-sirve-deadline-ms: 5\r\n"));
      assert.equal(statusOf(text), 504);
      assert.equal(front.active, 0);
    },
    { deadlineMs: 40 },
  );
});

test("a streamed body comes part by part, a streamed reply goes part by part", async () => {
  const route: HttpRoute = {
    method: "POST",
    path: "/v2/stream",
    access: "public",
    body: "stream",
    handle: async ({ bodyStream }) => ({ status: 200, headers: {}, body: upper(bodyStream) }),
  };
  async function* upper(body: AsyncIterable<Uint8Array> | undefined): AsyncGenerator<Uint8Array> {
    for await (const chunk of body ?? []) yield Buffer.from(Buffer.from(chunk).toString().toUpperCase());
  }
  await serve(
    [route],
    async ({ port, counted, front }) => {
      const socket = connect(port, "127.0.0.1");
      socket.write(
        "POST /v2/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
      );
      socket.write("3\r\nabc\r\n");
      await readUntil(socket, /ABC/);
      socket.write("3\r\ndef\r\n0\r\n\r\n");
      assert.match(await readAll(socket), /DEF\r\n0\r\n\r\n$/);
      await idle(front);
      assert.deepEqual(counted, [["test", 200, 6, 6]]);
      const tooMuch = await raw(port, post("/v2/stream", "x".repeat(2000), "Connection: close\r\n"));
      assert.doesNotMatch(tooMuch, /\r\n0\r\n\r\n$/, "a reply that broke off must not look whole");
    },
    { settings: { maxBodyBytes: 1000 } },
  );
});

test("a stream that fails in the middle breaks the connection", async () => {
  const route: HttpRoute = {
    method: "GET",
    path: "/v2/broken",
    access: "public",
    handle: async () => ({ status: 200, headers: {}, body: breaking() }),
  };
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("part");
    await new Promise(setImmediate);
    throw new PlatformError("internal", "broken");
  }
  await serve([route], async ({ port }) => {
    const text = await raw(port, "GET /v2/broken HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert.match(text, /part/);
    assert.doesNotMatch(text, /\r\n0\r\n\r\n/);
  });
});

test("a handler that throws a bug answers 500 without its text", async () => {
  const route: HttpRoute = {
    method: "GET",
    path: "/v2/bug",
    access: "public",
    handle() {
      throw new TypeError("secret of the house");
    },
  };
  await serve([route], async ({ port }) => {
    const reply = await fetch(`http://127.0.0.1:${port}/v2/bug`);
    assert.equal(reply.status, 500);
    assert.doesNotMatch(await reply.text(), /secret/);
  });
});

test("closing lets a running request end, takes no new connection, and cuts what overstays", async () => {
  const { promise: goOn, resolve: finish } = Promise.withResolvers<HttpReply>();
  const slow: HttpRoute = { method: "POST", path: "/v2/slow", access: "public", handle: () => goOn };
  await serve([slow], async ({ port, front }) => {
    const answer = raw(port, post("/v2/slow", "x"));
    while (front.active === 0) await new Promise(setImmediate);
    const closing = front.close(10_000);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/v2/slow`));
    finish(json("done"));
    const text = await answer;
    assert.match(text, /connection: close/i);
    assert.equal(bodyOf(text), '"done"');
    await closing;
  });
  await serve([never], async ({ port, front }) => {
    const answer = raw(port, post("/v2/never", "x"));
    while (front.active === 0) await new Promise(setImmediate);
    await front.close(20);
    const text = await answer;
    assert.equal(statusOf(text), 503);
    assert.match(text, /retry-after: 1/);
  });
});
