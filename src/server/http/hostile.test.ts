import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { bodyOf, echo, idle, post, raw, readUntil, serve, statusOf } from "../../../test/kit/serve-http.ts";

test("an announced body above the limit is refused at once, and the answer arrives although the client sends on", async () => {
  await serve(
    [echo],
    async ({ port }) => {
      const text = await raw(port, post("/v2/echo", "x".repeat(3_000_000)));
      assert.equal(statusOf(text), 413);
      assert.match(text, /connection: close/i);
      const { code, field, expected } = JSON.parse(bodyOf(text)) as Record<string, string>;
      assert.deepEqual([code, field, expected], ["too_large", "body", "at most 1000 bytes"]);
      const waiting = post("/v2/echo", "", "Expect: 100-continue\r\n").replace(
        "Content-Length: 0",
        "Content-Length: 2000",
      );
      assert.equal(statusOf(await raw(port, waiting)), 413);
    },
    { settings: { maxBodyBytes: 1000 } },
  );
});

test("a chunked body above the limit is refused when it gets there", async () => {
  await serve(
    [echo],
    async ({ port }) => {
      const head = "POST /v2/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
      const chunk = `1f4\r\n${"x".repeat(500)}\r\n`;
      assert.equal(statusOf(await raw(port, head, chunk, chunk, chunk)), 413);
    },
    { settings: { maxBodyBytes: 1000 } },
  );
});

test("more body bytes at once than the server holds are refused with Retry-After, and given back", async () => {
  await serve(
    [echo],
    async ({ port }) => {
      const url = `http://127.0.0.1:${port}/v2/echo`;
      const refused = await fetch(url, { method: "POST", body: Buffer.alloc(400_000) });
      assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
      for (let i = 0; i < 5; i++) {
        assert.equal((await fetch(url, { method: "POST", body: Buffer.alloc(150_000) })).status, 200);
      }
    },
    { maxHeldBytes: 200_000 },
  );
});

const MALFORMED: [string, string, number][] = [
  ["no HTTP", "hello\r\n\r\n", 400],
  ["a TLS hello", "\x16\x03\x01\x02\x00\x01\x00", 400],
  ["an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["a header without colon", "GET / HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n", 400],
  ["a space before the colon", "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400],
  ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
  [
    "two lengths",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    400,
  ],
  [
    "length and chunks",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
  ],
  ["a negative length", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400],
  ["a relative target", "GET nope HTTP/1.1\r\nHost: localhost\r\n\r\n", 400],
  ["too long headers", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  [
    "a chunk size that is none",
    "POST /v2/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    400,
  ],
  [
    "a coding around the chunks",
    "POST /v2/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    501,
  ],
  ["a foreign Host", "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 403],
  ["two Hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 403],
  [
    "an absolute target elsewhere",
    "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    403,
  ],
  ["a foreign Origin", post("/v2/echo", "x", "Connection: close\r\nOrigin: https://evil.example\r\n"), 403],
  [
    "a deadline that is none",
    post("/v2/echo", "x", "Connection: close\r\nx-sirve-deadline-ms: soon\r\n"),
    400,
  ],
  ["a priority that is none", post("/v2/echo", "x", "Connection: close\r\nx-sirve-priority: 1.5\r\n"), 400],
];

for (const [what, text, status] of MALFORMED) {
  test(`${what} is answered with ${status}, and the server lives on`, async () => {
    await serve([echo], async ({ port }) => {
      const socket = connect(port, "127.0.0.1");
      socket.write(text, "latin1");
      const answer = await readUntil(socket, /^HTTP\/1\.1 \d{3} /);
      assert.equal(statusOf(answer), status, answer);
      socket.destroy();
      assert.equal(bodyOf(await raw(port, post("/v2/echo", "ok", "Connection: close\r\n"))), "ok");
    });
  });
}

test("an absolute target of this server is served", async () => {
  await serve([echo], async ({ port }) => {
    const text = await raw(port, post("http://localhost/v2/echo?x", "abs", "Connection: close\r\n"));
    assert.equal(bodyOf(text), "abs");
  });
});

test("slow headers and slow bodies are cut off", async () => {
  await serve(
    [echo],
    async ({ port, front }) => {
      const slowHead = raw(port, "POST /v2/echo HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      const slowBody = raw(
        port,
        "POST /v2/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc",
      );
      assert.equal(statusOf(await slowHead), 408);
      assert.equal(statusOf(await slowBody), 408);
      await idle(front);
    },
    { settings: { headersTimeoutMs: 100, requestTimeoutMs: 200 } },
  );
});
