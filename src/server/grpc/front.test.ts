import assert from "node:assert/strict";
import { test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { openAccess } from "../../access/index.ts";
import { Deadlines, PlatformError, STATUS, systemClock } from "../../base/index.ts";
import { configSchema } from "../../config/index.ts";
import type { GrpcMethod, GrpcProtocol } from "../../protocols/index.ts";
import { silentLogger } from "../../telemetry/index.ts";
import type { Front } from "../front.ts";
import { createGrpcServer, type GrpcServerOptions } from "./front.ts";

const identity = (bytes: Uint8Array) => Buffer.from(bytes);
const noMetrics = { grpc() {} };

const protocolOf = (...methods: GrpcMethod[]): GrpcProtocol => ({
  name: "test",
  methods,
  failure(thrown) {
    const { code, message } = PlatformError.from(thrown);
    return { code: STATUS[code].grpc, message };
  },
});

async function serve(
  methods: GrpcMethod[],
  run: (client: grpc.Client, front: Front, port: number) => Promise<void>,
  more: Partial<GrpcServerOptions> & { maxMessageBytes?: number } = {},
): Promise<void> {
  const { maxMessageBytes, ...options } = more;
  const settings = {
    ...configSchema.parse({}).grpc,
    port: 0,
    ...(maxMessageBytes !== undefined && { maxMessageBytes }),
  };
  const front = createGrpcServer({
    protocols: [protocolOf(...methods)],
    settings,
    access: openAccess,
    insecure: false,
    deadlineMs: 10_000,
    deadlines: new Deadlines(systemClock),
    clock: systemClock,
    logger: silentLogger,
    metrics: noMetrics,
    logRequests: false,
    ...options,
  });
  const { host, port } = await front.listen();
  const client = new grpc.Client(`${host}:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  try {
    await run(client, front, port);
  } finally {
    client.close();
    await front.close(0);
  }
}

interface Outcome {
  readonly code: number;
  readonly details: string;
  readonly message?: Buffer;
  readonly trailers: grpc.Metadata;
}

const ignore: (call: grpc.ClientUnaryCall) => void = () => {};

function unary(
  client: grpc.Client,
  path: string,
  message: Uint8Array,
  { metadata = new grpc.Metadata(), deadlineMs = 0, onCall = ignore } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = deadlineMs > 0 ? { deadline: Date.now() + deadlineMs } : {};
    let reply: Buffer | undefined;
    const call = client.makeUnaryRequest(path, identity, identity, message, metadata, options, (_, value) => {
      reply = value;
    });
    call.on("status", ({ code, details, metadata: trailers }) => {
      setImmediate(() => resolve({ code, details, trailers, ...(reply && { message: reply }) }));
    });
    onCall(call);
  });
}

const echo: GrpcMethod = {
  kind: "unary",
  path: "/t.S/Echo",
  access: "public",
  handle: async (message) => message,
};

test("a unary call is answered, with an empty message, a small one and one of 16 MB", async () => {
  await serve([echo], async (client) => {
    for (const bytes of [0, 1, 5000, 70_000, 16 << 20]) {
      const sent = Buffer.alloc(bytes, 7);
      const { code, message } = await unary(client, "/t.S/Echo", sent);
      assert.equal(code, 0);
      assert.ok(message?.equals(sent), `${bytes} bytes`);
    }
  });
});

test("metadata, trailers, request id and traceparent travel", async () => {
  const seen: unknown[] = [];
  const method: GrpcMethod = {
    kind: "unary",
    path: "/t.S/Meta",
    access: "public",
    async handle(message, call) {
      const { requestId, trace, priority, splitKey } = call.context;
      seen.push(
        call.metadata["x-test"],
        call.metadata["data-bin"],
        call.metadata[":path"],
        requestId,
        priority,
        splitKey,
      );
      seen.push(trace.slice(3, 35));
      call.setTrailer("x-cost", "12");
      return [message, message];
    },
  };
  await serve([method], async (client) => {
    const metadata = new grpc.Metadata();
    metadata.set("X-Test", "a");
    metadata.add("x-test", "b");
    metadata.set("data-bin", Buffer.from([1, 2]));
    metadata.set("x-request-id", "req-7");
    metadata.set("x-sirve-priority", "3");
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    metadata.set("traceparent", trace);
    const { message, trailers } = await unary(client, "/t.S/Meta", Buffer.from("ab"), { metadata });
    assert.equal(message?.toString(), "abab");
    assert.deepEqual(seen, ["a, b", "AQI=", undefined, "req-7", 3, "req-7", trace.slice(3, 35)]);
    assert.deepEqual([trailers.get("x-cost"), trailers.get("x-request-id")], [["12"], ["req-7"]]);
    assert.match(
      String(trailers.get("traceparent")),
      /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)/,
    );
  });
});

test("a thrown error becomes the protocol's status, and its message survives any character", async () => {
  const text = 'row 3: "é%" is no\nnumber ☃';
  const method: GrpcMethod = {
    kind: "unary",
    path: "/t.S/Fail",
    access: "public",
    async handle() {
      throw new PlatformError("resource_exhausted", text, { retryAfterMs: 50 });
    },
  };
  const bug: GrpcMethod = {
    kind: "unary",
    path: "/t.S/Bug",
    access: "public",
    handle() {
      throw new TypeError("secret of the house");
    },
  };
  await serve([method, bug], async (client) => {
    const failed = await unary(client, "/t.S/Fail", Buffer.from("x"));
    assert.deepEqual([failed.code, failed.details], [8, text]);
    assert.deepEqual(failed.trailers.get("grpc-retry-pushback-ms"), ["50"]);
    const broken = await unary(client, "/t.S/Bug", Buffer.from("x"));
    assert.deepEqual([broken.code, broken.details], [13, "internal error"]);
    const unknown = await unary(client, "/t.S/Nope", Buffer.from("x"));
    assert.deepEqual([unknown.code, unknown.details], [12, "unknown method /t.S/Nope"]);
  });
});

test("a deadline of the client ends the call on both sides", async () => {
  const reasons: string[] = [];
  const method: GrpcMethod = {
    kind: "unary",
    path: "/t.S/Wait",
    access: "public",
    handle: (_, { context }) =>
      new Promise((_resolve, reject) => {
        context.deadline.onEnd((reason) => {
          reasons.push(reason.code);
          reject(reason);
        });
      }),
  };
  await serve([method], async (client, front) => {
    const { code } = await unary(client, "/t.S/Wait", Buffer.from("x"), { deadlineMs: 50 });
    assert.equal(code, 4);
    while (front.active > 0) await new Promise(setImmediate);
    assert.equal(reasons.length, 1);
    assert.match(String(reasons[0]), /deadline_exceeded|cancelled/);
  });
});

test("a handler that never ends is answered when the server's deadline passes", async () => {
  const method: GrpcMethod = {
    kind: "unary",
    path: "/t.S/Hang",
    access: "public",
    handle: () => new Promise(() => {}),
  };
  await serve(
    [method],
    async (client, front) => {
      const { code, details } = await unary(client, "/t.S/Hang", Buffer.from("x"));
      assert.deepEqual([code, details], [4, "deadline exceeded"]);
      assert.equal(front.active, 0);
    },
    { deadlineMs: 30 },
  );
});

test("a cancelled call ends its deadline at once", async () => {
  const { promise: heard, resolve } = Promise.withResolvers<string>();
  let cancel = () => {};
  const method: GrpcMethod = {
    kind: "unary",
    path: "/t.S/Cancel",
    access: "public",
    handle: (_, { context }) =>
      new Promise((_resolve, reject) => {
        context.deadline.onEnd((reason) => {
          resolve(reason.code);
          reject(reason);
        });
        cancel();
      }),
  };
  await serve([method], async (client, front) => {
    const { code } = await unary(client, "/t.S/Cancel", Buffer.from("x"), {
      onCall: (call) => {
        cancel = () => call.cancel();
      },
    });
    assert.deepEqual([code, await heard], [1, "cancelled"]);
    while (front.active > 0) await new Promise(setImmediate);
  });
});

test("a message above the limit, either way, is RESOURCE_EXHAUSTED", async () => {
  const big: GrpcMethod = {
    kind: "unary",
    path: "/t.S/Big",
    access: "public",
    handle: async () => Buffer.alloc(2000),
  };
  await serve(
    [echo, big],
    async (client) => {
      const tooLarge = await unary(client, "/t.S/Echo", Buffer.alloc(1001));
      assert.deepEqual(
        [tooLarge.code, tooLarge.details],
        [8, "the message has 1001 bytes, more than the 1000 allowed"],
      );
      const answer = await unary(client, "/t.S/Big", Buffer.alloc(1));
      assert.equal(answer.code, 8);
      assert.match(answer.details, /Response has byte size 2000 which exceeds/);
      assert.equal((await unary(client, "/t.S/Echo", Buffer.alloc(1000))).code, 0);
    },
    { maxMessageBytes: 1000 },
  );
});

test("more bytes at once than the server holds is RESOURCE_EXHAUSTED, and they are given back", async () => {
  await serve(
    [echo],
    async (client) => {
      assert.equal((await unary(client, "/t.S/Echo", Buffer.alloc(300_000))).code, 8);
      for (let i = 0; i < 5; i++) {
        assert.equal((await unary(client, "/t.S/Echo", Buffer.alloc(150_000))).code, 0);
      }
    },
    { maxHeldBytes: 200_000 },
  );
});

test("compressed messages are taken, and a bomb is refused", async () => {
  await serve(
    [echo],
    async (client, _front, port) => {
      for (const algorithm of [grpc.compressionAlgorithms.gzip, grpc.compressionAlgorithms.deflate]) {
        const compressing = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
          "grpc.default_compression_algorithm": algorithm,
        });
        const { code, message } = await unary(compressing, "/t.S/Echo", Buffer.alloc(50_000, 3));
        assert.deepEqual([code, message?.length, message?.[49_999]], [0, 50_000, 3]);
        const bomb = await unary(compressing, "/t.S/Echo", Buffer.alloc(200_000));
        assert.deepEqual([bomb.code, bomb.details], [8, "a message decompresses to more than 100000 bytes"]);
        compressing.close();
      }
      assert.equal((await unary(client, "/t.S/Echo", Buffer.from("plain"))).code, 0);
    },
    { maxMessageBytes: 100_000 },
  );
});

async function* doubled(messages: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const message of messages) {
    if (message[0] === 0xff) throw new PlatformError("invalid_argument", "no such byte");
    yield Buffer.concat([message, message]);
  }
}

const bidi: GrpcMethod = { kind: "bidi", path: "/t.S/Stream", access: "public", handle: doubled };

function openStream(client: grpc.Client): grpc.ClientDuplexStream<Uint8Array, Buffer> {
  return client.makeBidiStreamRequest("/t.S/Stream", identity, identity);
}

test("a stream answers each message in order and ends with status OK", async () => {
  await serve([bidi], async (client) => {
    const call = openStream(client);
    const got: string[] = [];
    const status = new Promise<number>((resolve) => call.on("status", ({ code }) => resolve(code)));
    for (let i = 0; i < 100; i++) call.write(Buffer.from(`${i};`));
    call.end();
    for await (const message of call) got.push(String(message));
    assert.deepEqual(
      got,
      Array.from({ length: 100 }, (_, i) => `${i};${i};`),
    );
    assert.equal(await status, 0);
  });
});

test("a stream that fails says so after the answers before it", async () => {
  await serve([bidi], async (client, front) => {
    const call = openStream(client);
    const got: string[] = [];
    call.on("data", (message: Buffer) => got.push(message.toString()));
    call.on("error", () => {});
    const status = new Promise<grpc.StatusObject>((resolve) => call.on("status", resolve));
    call.write(Buffer.from("a"));
    call.write(Buffer.from([0xff]));
    const { code, details } = await status;
    assert.deepEqual([got, code, details], [["aa"], 3, "no such byte"]);
    while (front.active > 0) await new Promise(setImmediate);
  });
});

test("cancelling a stream ends its deadline and its handler", async () => {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const method: GrpcMethod = {
    kind: "bidi",
    path: "/t.S/Stream",
    access: "public",
    async *handle(messages, { context }) {
      context.deadline.onEnd((reason) => resolve(reason.code));
      yield* messages;
      // A Node client half-closes before it resets, so the messages end; what follows is cancelled.
      await new Promise((_, reject) => context.deadline.onEnd(reject));
    },
  };
  await serve([method], async (client, front) => {
    const call = openStream(client);
    call.on("error", () => {});
    call.on("data", () => call.cancel());
    call.write(Buffer.from("a"));
    assert.equal(await ended, "cancelled");
    while (front.active > 0) await new Promise(setImmediate);
  });
});

test("closing lets a running call end, takes no new one, and cuts what overstays", async () => {
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const { promise: goOn, resolve: finish } = Promise.withResolvers<Uint8Array>();
  const method: GrpcMethod = {
    kind: "unary",
    path: "/t.S/Slow",
    access: "public",
    handle(message, { context }) {
      if (message[0] === 1) {
        start();
        return goOn;
      }
      return new Promise((_, reject) => context.deadline.onEnd(reject));
    },
  };
  await serve([method], async (client, front) => {
    const slow = unary(client, "/t.S/Slow", Buffer.from([1]));
    await started;
    const closing = front.close(10_000);
    finish(Buffer.from("done"));
    assert.equal((await slow).message?.toString(), "done");
    await closing;
    assert.equal((await unary(client, "/t.S/Slow", Buffer.from([1]), { deadlineMs: 200 })).code === 0, false);
  });
  await serve([method], async (client, front) => {
    const stuck = unary(client, "/t.S/Slow", Buffer.from([2]));
    while (front.active === 0) await new Promise(setImmediate);
    await front.close(20);
    const { code, details } = await stuck;
    assert.deepEqual([code, details], [14, "the server is stopping"]);
  });
});

test("a port in use is refused with the flag that changes it, an open address without --insecure too", async () => {
  await serve([echo], async (_client, _front, port) => {
    await serve([echo], async () => {}, { settings: { ...configSchema.parse({}).grpc, port } }).then(
      () => assert.fail("listened twice"),
      (error: PlatformError) => {
        assert.equal(error.code, "failed_precondition");
        assert.match(String(error.details.hint), /--grpc-port/);
      },
    );
  });
  await assert.rejects(
    serve([echo], async () => {}, { settings: { ...configSchema.parse({}).grpc, host: "0.0.0.0", port: 0 } }),
    { code: "failed_precondition", message: /would let anyone/ },
  );
});
