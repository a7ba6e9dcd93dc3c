import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { bodyOf, echo, json, post, raw, readAll, serve, statusOf } from "../../../test/kit/serve-http.ts";
import { type PlatformError } from "../../base/index.ts";
import type { HttpRoute } from "../../protocols/index.ts";

test("a request carries path, parameters, query, headers, body and context", async () => {
  const route: HttpRoute = {
    method: "POST",
    path: "/v2/models/{model}/x",
    access: "public",
    async handle({ method, path, params, query, headers, body, context }) {
      const { requestId, caller, priority, splitKey, trace } = context;
      const text = Buffer.from(body).toString();
      return json({
        method,
        path,
        params,
        q: query.getAll("q"),
        a: headers["x-a"],
        text,
        requestId,
        caller: caller.role,
        priority,
        splitKey,
        trace,
      });
    },
  };
  await serve([route], async ({ port, counted }) => {
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const more = `X-A: 1\r\nx-a: 2\r\nX-Request-Id: id-1\r\nTraceparent: ${trace}\r\nx-sirve-priority: -2\r\nConnection: close\r\n`;
    const text = await raw(port, post("/v2/models/a%20b/x?q=1&q=%32", "hello", more));
    assert.equal(statusOf(text), 200);
    const { trace: own, ...seen } = JSON.parse(bodyOf(text)) as Record<string, unknown>;
    assert.deepEqual(seen, {
      method: "POST",
      path: "/v2/models/a%20b/x",
      params: { model: "a b" },
      q: ["1", "2"],
      a: "1, 2",
      text: "hello",
      requestId: "id-1",
      caller: "admin",
      priority: -2,
      splitKey: "id-1",
    });
    assert.match(String(own), /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
    assert.match(text, new RegExp(`traceparent: ${String(own)}`));
    assert.match(text, /x-request-id: id-1\r\n/);
    assert.match(text, /x-content-type-options: nosniff/);
    assert.deepEqual(counted[0]?.slice(0, 3), ["test", 200, 5]);
  });
});

test("bodies come whole: in one piece, in many, chunked, empty, of 16 MB", async () => {
  await serve([echo], async ({ port }) => {
    for (const length of [0, 1, 65_536, 100_001, 16 << 20]) {
      const body = Buffer.alloc(length, "ab");
      const reply = await fetch(`http://127.0.0.1:${port}/v2/echo`, { method: "POST", body });
      assert.ok(body.equals(Buffer.from(await reply.arrayBuffer())), `${length} bytes`);
    }
    const head =
      "POST /v2/echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert.equal(bodyOf(await raw(port, head, "3\r\nabc\r\n", "2;x=y\r\nde\r\n", "0\r\n\r\n")), "abcde");
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    for (const byte of post("/v2/echo", "slowly", "Connection: close\r\n")) {
      socket.write(byte);
      await new Promise(setImmediate);
    }
    assert.equal(bodyOf(await readAll(socket)), "slowly");
  });
});

test("a client that waits for 100 Continue gets it before its body is read", async () => {
  await serve([echo], async ({ port }) => {
    const sent = httpRequest({
      port,
      host: "127.0.0.1",
      path: "/v2/echo",
      method: "POST",
      headers: { expect: "100-continue" },
    });
    sent.flushHeaders();
    await new Promise((resolve) => sent.once("continue", resolve));
    sent.end("body");
    const reply = await new Promise<AsyncIterable<Buffer>>((resolve) => sent.once("response", resolve));
    let text = "";
    for await (const chunk of reply) text += String(chunk);
    assert.equal(text, "body");
  });
});

test("what no route answers is 404 or 405 with Allow, in its protocol's words or a problem", async () => {
  await serve([echo], async ({ port }) => {
    const at = (path: string, method = "GET") => fetch(`http://127.0.0.1:${port}${path}`, { method });
    assert.equal((await at("/nope")).status, 404);
    const problem = (await (await at("/v2/nope")).json()) as Record<string, unknown>;
    assert.deepEqual([problem["status"], problem["code"]], [404, "not_found"]);
    const wrong = await at("/v2/echo", "DELETE");
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "OPTIONS, POST"]);
    const options = await at("/v2/echo", "OPTIONS");
    assert.deepEqual([options.status, options.headers.get("allow")], [204, "OPTIONS, POST"]);
  });
});

test("HEAD is GET without its body", async () => {
  const route: HttpRoute = {
    method: "GET",
    path: "/v2/x",
    access: "public",
    handle: async () => json({ a: 1 }),
  };
  await serve([route], async ({ port }) => {
    const text = await raw(port, "HEAD /v2/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert.match(text, /content-length: 7/);
    assert.equal(bodyOf(text), "");
  });
});

test("pipelined requests are answered in order on one connection", async () => {
  await serve([echo], async ({ port }) => {
    const bodies = Array.from({ length: 50 }, (_, i) => `<${i}>`);
    const all = bodies.map((body, i) => post("/v2/echo", body, i === 49 ? "Connection: close\r\n" : ""));
    const text = await raw(port, all.join(""));
    assert.deepEqual(text.match(/<[0-9]+>/g), bodies);
  });
});

test("an allowed foreign page may ask first and read the answer; another gets no such word", async () => {
  await serve(
    [echo],
    async ({ port }) => {
      const url = `http://127.0.0.1:${port}/v2/echo`;
      const ask = (origin: string) =>
        fetch(url, {
          method: "OPTIONS",
          headers: {
            origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
          },
        });
      const allowed = await ask("https://app.example");
      assert.equal(allowed.headers.get("access-control-allow-origin"), "https://app.example");
      assert.equal(allowed.headers.get("access-control-allow-headers"), "content-type");
      assert.equal((await ask("https://evil.example")).headers.get("access-control-allow-origin"), null);
      const reply = await fetch(url, {
        method: "POST",
        body: "x",
        headers: { origin: "https://app.example" },
      });
      assert.equal(reply.headers.get("access-control-allow-origin"), "https://app.example");
    },
    { settings: { allowedOrigins: ["https://app.example"] } },
  );
});

test("a port in use is refused with the flag that changes it, an open address without --insecure too", async () => {
  await serve([echo], async ({ port }) => {
    await assert.rejects(
      serve([echo], async () => {}, { settings: { port } }),
      (error: PlatformError) => {
        assert.equal(error.code, "failed_precondition");
        return /--http-port/.test(String(error.details.hint));
      },
    );
  });
  await assert.rejects(
    serve([echo], async () => {}, { settings: { host: "0.0.0.0" } }),
    { code: "failed_precondition" },
  );
});
