import assert from "node:assert/strict";
import * as http2 from "node:http2";
import { connect } from "node:net";
import { test } from "node:test";
import { ManualClock } from "../../../test/kit/manual-clock.ts";
import { openAccess } from "../../access/index.ts";
import { Deadlines, systemClock } from "../../base/index.ts";
import { configSchema } from "../../config/index.ts";
import type { GrpcMethod, GrpcProtocol } from "../../protocols/index.ts";
import { statusOf } from "../../protocols/index.ts";
import { silentLogger } from "../../telemetry/index.ts";
import type { Front } from "../front.ts";
import { createGrpcServer, type GrpcServerOptions } from "./front.ts";

const echo: GrpcMethod = {
  kind: "unary",
  path: "/t.S/Echo",
  access: "public",
  handle: async (message) => message,
};
const hang: GrpcMethod = {
  kind: "unary",
  path: "/t.S/Hang",
  access: "public",
  handle: (_, { context }) => new Promise((_resolve, reject) => context.deadline.onEnd(reject)),
};

async function serve(
  run: (session: http2.ClientHttp2Session, front: Front, port: number) => Promise<void>,
  options: Partial<GrpcServerOptions> = {},
): Promise<void> {
  const protocol: GrpcProtocol = { name: "test", methods: [echo, hang], failure: statusOf };
  const front = createGrpcServer({
    protocols: [protocol],
    settings: { ...configSchema.parse({}).grpc, port: 0 },
    access: openAccess,
    insecure: false,
    deadlineMs: 10_000,
    deadlines: new Deadlines(systemClock),
    clock: systemClock,
    logger: silentLogger,
    metrics: { grpc() {} },
    logRequests: false,
    ...options,
  });
  const { port } = await front.listen();
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  try {
    await run(session, front, port);
  } finally {
    session.destroy();
    await front.close(0);
  }
}

const CALL = { ":method": "POST", ":path": "/t.S/Echo", "content-type": "application/grpc", te: "trailers" };

type Fields = Record<string, unknown>;

/** Sends a call and gives its headers and trailers in one, with the body's length. */
async function call(
  session: http2.ClientHttp2Session,
  headers: Fields,
  ...body: Uint8Array[]
): Promise<Fields> {
  const stream = session.request({ ...CALL, ...headers });
  const fields: Fields = {};
  let length = 0;
  stream.on("response", (received) => Object.assign(fields, received));
  stream.on("trailers", (received) => Object.assign(fields, received));
  stream.on("data", (chunk: Buffer) => {
    length += chunk.length;
  });
  stream.on("error", () => {});
  for (const chunk of body) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once("close", resolve));
  return { ...fields, length };
}

const framed = (text: string, flag = 0) =>
  Buffer.concat([Buffer.from([flag, 0, 0, 0, text.length]), Buffer.from(text)]);

const CASES: [string, Fields, Uint8Array[], Fields][] = [
  ["a call", {}, [framed("abc")], { "grpc-status": "0", length: 8 }],
  [
    "application/grpc+proto",
    { "content-type": "application/grpc+proto" },
    [framed("a")],
    { "grpc-status": "0" },
  ],
  ["another content type", { "content-type": "application/json" }, [framed("a")], { ":status": 415 }],
  ["gRPC-web", { "content-type": "application/grpc-web" }, [framed("a")], { ":status": 415 }],
  ["no message", {}, [], { "grpc-status": "12" }],
  ["two messages", {}, [framed("a"), framed("b")], { "grpc-status": "12" }],
  ["half a prefix", {}, [Buffer.from([0, 0])], { "grpc-status": "3" }],
  ["half a message", {}, [framed("abc").subarray(0, 6)], { "grpc-status": "3" }],
  ["a flag that is none", {}, [framed("abc", 7)], { "grpc-status": "3" }],
  ["a compressed message without encoding", {}, [framed("abc", 1)], { "grpc-status": "3" }],
  ["broken gzip", { "grpc-encoding": "gzip" }, [framed("abc", 1)], { "grpc-status": "3" }],
  ["an unknown encoding", { "grpc-encoding": "br" }, [framed("abc", 1)], { "grpc-status": "12" }],
  ["a timeout that is none", { "grpc-timeout": "soon" }, [framed("abc")], { "grpc-status": "3" }],
  [
    "a timeout of zero",
    { "grpc-timeout": "0n", ":path": "/t.S/Hang" },
    [framed("abc")],
    { "grpc-status": "4" },
  ],
  ["a priority that is none", { "x-sirve-priority": "high" }, [framed("abc")], { "grpc-status": "3" }],
  ["a binary trace that is none", { traceparent: "nonsense" }, [framed("abc")], { "grpc-status": "0" }],
];

for (const [what, headers, body, expected] of CASES) {
  test(`${what} ends with ${JSON.stringify(expected)}, and the connection lives on`, async () => {
    await serve(async (session, front) => {
      const got = await call(session, headers, ...body);
      for (const [name, value] of Object.entries(expected)) {
        assert.equal(got[name], value, JSON.stringify(got));
      }
      assert.equal((await call(session, {}, framed("ok")))["grpc-status"], "0");
      assert.equal(front.active, 0);
    });
  });
}

test("GET is no gRPC call", async () => {
  await serve(async (session) => {
    const stream = session.request({
      ":method": "GET",
      ":path": "/t.S/Echo",
      "content-type": "application/grpc",
    });
    const [headers] = await new Promise<[Fields]>((resolve) =>
      stream.once("response", (...all) => resolve([all[0]])),
    );
    assert.equal(headers[":status"], 405);
  });
});

test("a connection that does not speak HTTP/2 is closed, one that says nothing after ten seconds", async () => {
  const clock = new ManualClock();
  await serve(
    async (_session, _front, port) => {
      const closed = (text: string) => {
        const socket = connect(port, "127.0.0.1").on("error", () => {});
        socket.resume();
        if (text !== "") socket.write(text);
        return { socket, done: new Promise((resolve) => socket.once("close", resolve)) };
      };
      await closed("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").done;
      const silent = closed("");
      await new Promise((resolve) => silent.socket.once("data", resolve));
      clock.advance(10_000);
      await silent.done;
    },
    { clock },
  );
});

test("a lost connection ends its calls", async () => {
  await serve(async (session, front) => {
    const stream = session.request({ ...CALL, ":path": "/t.S/Hang" });
    stream.on("error", () => {});
    stream.end(framed("a"));
    while (front.active === 0) await new Promise(setImmediate);
    session.destroy();
    while (front.active > 0) await new Promise(setImmediate);
  });
});

test("a flood of resets closes the connection, and the server lives on", async () => {
  await serve(async (session, _front, port) => {
    const gone = new Promise((resolve) => session.once("close", resolve));
    let sent = 0;
    while (!session.destroyed && sent < 20_000) {
      const stream = session.request({ ...CALL, ":path": "/t.S/Hang" });
      stream.on("error", () => {});
      stream.close(http2.constants.NGHTTP2_CANCEL);
      sent += 1;
      if (sent % 50 === 0) await new Promise(setImmediate);
    }
    await gone;
    const other = http2.connect(`http://127.0.0.1:${port}`);
    assert.equal((await call(other, {}, framed("ok")))["grpc-status"], "0");
    other.destroy();
  });
});
