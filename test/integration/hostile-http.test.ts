import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type TestApp, withApp } from "../kit/app.ts";
import { createServedFolder } from "../kit/served-folder.ts";

const MODELS = ["add-sub", "big-output", "identity-string"] as const;
const JSON_TYPE = { "content-type": "application/json" };
const V2 = "/v2/models/add-sub/infer";
const NATIVE = "/predict/add-sub";

interface Problem {
  readonly error?: string;
  readonly detail?: string;
  readonly code?: string;
}

interface Sent {
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The server under attack, with a probe that fails the test if its event loop stands still. */
async function attack(run: (app: TestApp) => Promise<void>, flags = {}): Promise<void> {
  const folder = createServedFolder(...MODELS);
  try {
    await withApp(
      folder.path,
      async (app) => {
        await run(app);
        assert.equal((await fetch(`${app.url}/health/live`)).status, 200);
        assert.equal((await fetch(`${app.url}/health/ready`)).status, 200);
      },
      flags,
    );
  } finally {
    folder.delete();
  }
}

async function send({ url }: TestApp, { path, body, headers = JSON_TYPE }: Sent) {
  const sent = Buffer.from(body);
  const response = await fetch(url + path, { method: "POST", body: sent, headers });
  const { error, detail, code } = (await response.json()) as Problem;
  return { status: response.status, text: error ?? detail ?? "", code };
}

/** All that the server says to these bytes until it closes. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  socket.write(text, "latin1");
  let answer = "";
  for await (const part of socket) answer += String(part);
  return answer;
}

test("bodies that would fill the memory are refused by both JSON wires, each in its own form", async () => {
  await attack(async (app) => {
    const size = 8_000_000;
    const bombs = [
      `{"rows":[${"[1],".repeat(size / 4)}1]}`,
      `{"rows":[${`${"[".repeat(90)}${"]".repeat(90)},`.repeat(size / 181)}1]}`,
      `{"rows":[${"{},".repeat(size / 3)}1]}`,
    ];
    for (const body of bombs) {
      const native = await send(app, { path: NATIVE, body });
      assert.deepEqual([native.status, native.code], [413, "too_large"]);
      assert.match(native.text, /more than 1000000 arrays, objects and members/);
      const v2 = await send(app, { path: V2, body });
      assert.equal(v2.status, 400);
      assert.match(v2.text, /more than 1000000 arrays, objects and members/);
    }
    const digits = await send(app, { path: NATIVE, body: `{"rows":[[${"9".repeat(size)}]]}` });
    assert.deepEqual([digits.status, digits.code], [400, "invalid_argument"]);
  });
});

test("many small bombs of compression take no memory together", async () => {
  await attack(async (app) => {
    const bomb = gzipSync(Buffer.alloc(60_000_000));
    const before = process.memoryUsage.rss();
    let highest = before;
    const watch = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss());
    }, 20);
    const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => send(app, { path: NATIVE, body: bomb, headers })),
    );
    clearInterval(watch);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [400]);
    const grown = highest - before;
    assert.ok(grown < 1_200_000_000, `grew by ${grown} bytes, 30 bodies have 1,800,000,000`);
  });
});

test("answers larger than allowed are refused before they are made, in the words of each wire", async () => {
  await attack(async (app) => {
    const rows = Array.from({ length: 1000 }, () => [1]);
    const native = await send(app, { path: "/predict/big-output", body: JSON.stringify({ rows }) });
    assert.deepEqual([native.status, native.code], [413, "too_large"]);
    assert.match(native.text, /^the answer has 16000000000 bytes, expected at most 67108864 bytes$/);
    const x = { name: "x", datatype: "FP32", shape: [1000, 1], data: rows };
    const v2 = await send(app, {
      path: "/v2/models/big-output/infer",
      body: JSON.stringify({ inputs: [x] }),
    });
    assert.equal(v2.status, 400);
    assert.match(v2.text, /^\[request id: <id_unknown>\] the answer has 16000000000 bytes/);
  });
});

const BEGIN = `POST ${V2} HTTP/1.1\r\nHost: localhost\r\n`;
const SMUGGLED = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const FRAMINGS: readonly (readonly [what: string, head: string])[] = [
  ["a length with a sign", "Content-Length: +5\r\n\r\nhello"],
  ["a hexadecimal length", "Content-Length: 0x5\r\n\r\nhello"],
  ["an exponent as length", "Content-Length: 1e3\r\n\r\nhello"],
  ["a list of lengths", "Content-Length: 5, 5\r\n\r\nhello"],
  ["a length beyond 64 bits", "Content-Length: 99999999999999999999999\r\n\r\nhello"],
  ["a length of nothing", "Content-Length:\r\n\r\nhello"],
  ["chunks twice", "Transfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["chunks not last", "Transfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["almost chunked", "Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["a vertical tab", "Transfer-Encoding: \x0bchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["chunks and a length", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ["a negative chunk", "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"],
  ["a chunk of 17 digits", "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello"],
  ["bare line feeds", "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n"],
  ["a chunk that overruns", "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n"],
  ["a folded header", "X: a\r\n b\r\nContent-Length: 0\r\n\r\n"],
];

test("no framing of HTTP smuggles a second request", async () => {
  await attack(async ({ port }) => {
    for (const [what, head] of FRAMINGS) {
      const answer = await raw(port, BEGIN + head + SMUGGLED);
      assert.deepEqual(answer.match(/HTTP\/1\.1 \d{3}/g), ["HTTP/1.1 400"], what);
    }
  });
});

test("names in paths that lead elsewhere, or nowhere, are no model's", async () => {
  await attack(async (app) => {
    const names = ["..%2f..%2fetc%2fpasswd", "%00", "%252e", "__proto__", "a%0d%0aX:1", "%1b%5b31m"];
    for (const name of names) {
      const { status } = await send(app, { path: `/predict/${name}`, body: "{}" });
      assert.equal(status, 404, name);
    }
    for (const name of ["%", "%ff", "%c0%ae"]) {
      assert.equal((await send(app, { path: `/predict/${name}`, body: "{}" })).status, 400, name);
    }
    const { url } = app;
    assert.equal((await fetch(`${url}/docs/..%2f..%2fpackage.json`)).status, 404);
    assert.doesNotMatch(await (await fetch(`${url}/metrics`)).text(), /passwd|__proto__|31m/);
  });
});

test("a web page of another origin cannot drive it, whatever it calls itself", async () => {
  await attack(async ({ port, url }) => {
    const post = (host: string, extra = "") =>
      raw(
        port,
        `POST ${NATIVE} HTTP/1.1\r\nHost: ${host}\r\n${extra}Connection: close\r\nContent-Length: 2\r\n\r\n{}`,
      );
    const refused = [
      ["evil.example", ""],
      [`localhost.evil.example:${port}`, ""],
      ["localhost@evil.example", ""],
      ["127.0.0.1.evil.example", ""],
      ["", ""],
      ["localhost", "Origin: null\r\n"],
      ["localhost", "Origin: http://localhost.evil.example\r\n"],
      ["localhost", `Origin: http://localhost:${port + 1}\r\n`],
      ["localhost", "Sec-Fetch-Site: cross-site\r\n"],
      ["localhost", "Sec-Fetch-Site: same-site\r\n"],
    ] as const;
    for (const [host, extra] of refused) {
      assert.match(await post(host, extra), /^HTTP\/1\.1 403 /, `${host} ${extra}`);
    }
    const taken = [
      [`LOCALHOST:${port}`, ""],
      [`localhost.:${port}`, ""],
      [`[::1]:${port}`, ""],
      [`127.0.0.1:${port}`, `Origin: ${url}\r\nSec-Fetch-Site: same-origin\r\n`],
    ] as const;
    for (const [host, extra] of taken) {
      // Past the guard: the row lacks its columns.
      assert.match(await post(host, extra), /^HTTP\/1\.1 400 /, `${host} ${extra}`);
    }
  });
});
