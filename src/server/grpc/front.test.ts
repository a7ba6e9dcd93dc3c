import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import * as grpc from "@grpc/grpc-js";
import { Deadlines, PlatformError, STATUS, systemClock } from "../../base/index.ts";
import { configSchema } from "../../config/index.ts";
import type { GrpcMethod, GrpcProtocol } from "../../protocols/index.ts";
import { silentLogger } from "../../telemetry/index.ts";
import { createGrpcServer, type GrpcFront, type GrpcServerOptions } from "./front.ts";

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
  run: (client: grpc.Client, front: GrpcFront, port: number) => Promise<void>,
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

function unary(
  client: grpc.Client,
  path: string,
  message: Uint8Array,
  { metadata = new grpc.Metadata(), deadlineMs = 0, onCall = (_: grpc.ClientUnaryCall) => {} } = {},
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

const echo: GrpcMethod = { kind: "unary", path: "/t.S/Echo", handle: async (message) => message };

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
