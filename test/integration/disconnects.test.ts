import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { flightScene, type Scene, slowRows } from "../kit/flight-scene.ts";
import { artifact } from "../kit/served-folder.ts";
import { until } from "../kit/until.ts";
import { toBytes, type WireTensor } from "../kit/wire-tensor.ts";

/** The bytes of a V2 request with binary data, all but the last `missing` of them. */
function v2Bytes(model: string, inputs: readonly WireTensor[], missing = 0): Buffer {
  const raw = inputs.map(toBytes);
  const described = inputs.map(({ name, datatype, shape }, i) => {
    return { name, datatype, shape, parameters: { binary_data_size: raw[i]?.length } };
  });
  const head = JSON.stringify({ inputs: described, parameters: { binary_data_output: true } });
  const body = Buffer.concat([Buffer.from(head), ...raw]);
  const lines = [
    `POST /v2/models/${model}/infer HTTP/1.1`,
    "Host: localhost",
    `Inference-Header-Content-Length: ${Buffer.byteLength(head)}`,
    `Content-Length: ${body.length}`,
  ];
  const whole = Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]);
  return whole.subarray(0, whole.length - missing);
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {}); // It is broken off on purpose.
  await once(socket, "connect");
  return socket;
}

/** A scene with a model of which one run is under way at a time, 5 ms for each row. */
async function slowScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  await flightScene(async (scene) => {
    scene.folder.add("slow", 1, artifact("slow-5ms"), { batching: { mode: "none" }, instances: 1 });
    await scene.comesTo("ready", "slow", 1);
    await use(scene);
  });
}

const waiting = async ({ metric }: Scene): Promise<number> => metric("sirve_queue_rows", 'model="slow"');
const cancelled = async ({ metric }: Scene): Promise<number> =>
  metric("sirve_requests_dropped_total", 'model="slow"', 'reason="cancelled"');

/** Fails unless nothing waits any more and a new request is answered. */
async function checkCalm(scene: Scene): Promise<void> {
  await until("an empty queue", async () => (await waiting(scene)) === 0);
  assert.equal(await scene.metric("sirve_queue_bytes", 'model="slow"'), 0);
  assert.ok((await scene.clients.infer("v2-binary", { model: "slow", inputs: slowRows(1) })).ok);
}

test("a client that goes before its body is whole leaves nothing behind", async () => {
  await slowScene(async (scene) => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(scene.port)));
    for (const socket of sockets) socket.write(v2Bytes("slow", slowRows(100), 1000));
    const gone = async () => scene.metric("sirve_http_requests_total", 'status="499"');
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const socket of sockets) socket.destroy();
    await until("all to be counted", async () => (await gone()) === 20);
    assert.equal(await cancelled(scene), 0, "none has reached the model");
    await checkCalm(scene);
  });
});

test("clients that go while they wait or run leave at once, and are counted as cancelled", async () => {
  await slowScene(async (scene) => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(scene.port)));
    const [first, second, ...others] = sockets;
    // One of these two runs, for seconds unless it is stopped; the other and the rest wait behind it.
    for (const socket of [first, second]) socket?.write(v2Bytes("slow", slowRows(1500)));
    await until("a run", async () => (await waiting(scene)) === 1500);
    for (const socket of others) socket.write(v2Bytes("slow", slowRows(10)));
    await until("the others to wait", async () => (await waiting(scene)) === 1680);
    for (const socket of others) socket.destroy();
    await until("the others to have left", async () => (await waiting(scene)) === 1500);
    assert.equal(await cancelled(scene), 18);
    for (const socket of [first, second]) socket?.destroy();
    await until("the run to be stopped", async () => (await cancelled(scene)) === 20);
    await checkCalm(scene);
    assert.equal(scene.control.statistics("slow")[0]?.success.count, 1, "none of them ran to its end");
  });
});

test("gRPC calls that are cancelled leave at once, too, one by one and with their connection", async () => {
  await slowScene(async (scene) => {
    const session = connectHttp2(`http://${scene.grpc}`);
    session.on("error", () => {});
    const call = (rows: number) => {
      const stream = session.request({
        ":method": "POST",
        ":path": "/inference.GRPCInferenceService/ModelInfer",
        "content-type": "application/grpc",
        te: "trailers",
      });
      stream.on("error", () => {});
      stream.end(grpcFrame("slow", rows));
      return stream;
    };
    for (const rows of [1500, 1500]) call(rows);
    await until("a run", async () => (await waiting(scene)) === 1500);
    const streams = Array.from({ length: 10 }, () => call(10));
    await until("the others to wait", async () => (await waiting(scene)) === 1600);
    for (const stream of streams.slice(0, 5)) stream.close(8); // RST_STREAM, CANCEL.
    await until("five to have left", async () => (await waiting(scene)) === 1550);
    session.destroy();
    await until("all to have left", async () => (await cancelled(scene)) === 12);
    await checkCalm(scene);
  });
});

/** A ModelInferRequest as a gRPC frame, encoded here by hand. */
function grpcFrame(model: string, rows: number): Buffer {
  const field = (number: number, bytes: Uint8Array) =>
    Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
  const [tensor] = slowRows(rows);
  if (!tensor) throw new Error("no rows");
  const shape = Buffer.concat(tensor.shape.map(varint));
  const input = [field(1, Buffer.from("x")), field(2, Buffer.from("FP32")), field(3, shape)];
  const message = Buffer.concat([
    field(1, Buffer.from(model)),
    field(5, Buffer.concat(input)),
    field(7, toBytes(tensor)),
  ]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    bytes.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) return Buffer.from(bytes);
  }
}

test("a slow reader of a large reply gets all of it, one that goes frees it, and others are answered meanwhile", async () => {
  await flightScene(async (scene) => {
    const { folder, comesTo, port, traffic, metric } = scene;
    folder.add("big", 1, artifact("big-output"), { batching: { mode: "none" } });
    await comesTo("ready", "big", 1);
    const inputs = [{ name: "x", datatype: "FP32", shape: [2, 1], data: [1.5, -2.5] }];
    const [reader, quitter] = [await open(port), await open(port)];
    for (const socket of [reader, quitter]) {
      socket.pause();
      socket.write(v2Bytes("big", inputs));
    }
    const requests = traffic(["native", "grpc"]);
    await until("both answers", async () => (await metric("sirve_requests_total", 'model="big"')) === 2);
    await requests.more(50);
    quitter.destroy();
    let bytes = 0;
    let head = "";
    reader.on("data", (chunk: Buffer) => {
      if (!head.includes("\r\n\r\n")) head += chunk.toString("latin1", 0, 2000);
      bytes += chunk.length;
    });
    reader.resume();
    const length = () => Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? Number.NaN);
    await until("the whole reply", () => bytes >= length() + head.indexOf("\r\n\r\n") + 4);
    assert.ok(length() > 32_000_000, head.slice(0, 1000));
    reader.destroy();
    await requests.stop();
    assert.deepEqual(requests.failures, []);
  });
});
