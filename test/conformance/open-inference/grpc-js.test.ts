import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  type Client,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { startServer, type TestServer } from "../../kit/server.ts";

type Message = Record<string, unknown>;
type Unary = (request: Message, callback: (error: ServiceError | null, response?: Message) => void) => void;

interface Duplex extends AsyncIterable<Message> {
  write(request: Message): void;
  end(): void;
}

/** The stock JavaScript client, made from proto/inference.proto at run time. */
function connect(address: string): Client & Record<string, unknown> {
  const definition = loadSync("proto/inference.proto", { keepCase: true, longs: String, defaults: true });
  const packages = loadPackageDefinition(definition)["inference"] as GrpcObject;
  const Service = packages["GRPCInferenceService"] as ServiceClientConstructor;
  return new Service(address, credentials.createInsecure());
}

const addSub = (id: string): Message => ({
  model_name: "add-sub",
  id,
  inputs: [
    { name: "INPUT0", datatype: "INT32", shape: [1, 16], contents: { int_contents: ramp } },
    { name: "INPUT1", datatype: "INT32", shape: [1, 16], contents: { int_contents: ramp } },
  ],
});
const ramp = Array.from({ length: 16 }, (_, index) => index - 8);
const doubled = ramp.map((value) => 2 * value);

function int32s(bytes: unknown): number[] {
  assert.ok(bytes instanceof Uint8Array);
  return [...new Int32Array(new Uint8Array(bytes).buffer)];
}

let server: TestServer;
let client: Client & Record<string, unknown>;
before(async () => {
  server = await startServer({ models: "test/artifacts/models" });
  client = connect(server.grpc);
});
after(async () => {
  client.close();
  assert.equal(await server.stop(), 0, server.output());
});

async function call(method: string, request: Message): Promise<Message> {
  const unary = (client[method] as Unary).bind(client);
  return new Promise((resolve, reject) => {
    unary(request, (error, response) => (error ? reject(error) : resolve(response ?? {})));
  });
}

test("the stock JavaScript client finds the server and its models ready", async () => {
  assert.equal((await call("ServerLive", {}))["live"], true);
  assert.equal((await call("ServerReady", {}))["ready"], true);
  assert.equal((await call("ModelReady", { name: "add-sub" }))["ready"], true);
});

test("the stock JavaScript client reads metadata", async () => {
  const { inputs } = await call("ModelMetadata", { name: "add-sub" });
  assert.deepEqual(inputs, [
    { name: "INPUT0", datatype: "INT32", shape: ["-1", "16"] },
    { name: "INPUT1", datatype: "INT32", shape: ["-1", "16"] },
  ]);
});

test("the stock JavaScript client infers with typed contents and gets raw outputs", async () => {
  const { raw_output_contents: raw, id } = await call("ModelInfer", addSub("one"));
  assert.ok(Array.isArray(raw));
  assert.equal(id, "one");
  assert.deepEqual(int32s(raw[0]), doubled);
  assert.deepEqual(
    int32s(raw[1]),
    ramp.map(() => 0),
  );
});

test("the stock JavaScript client infers with raw contents", async () => {
  const raw = new Uint8Array(Int32Array.from(ramp).buffer);
  const { inputs, ...request } = addSub("raw");
  const bare = (inputs as Message[]).map(({ name, datatype, shape }) => ({ name, datatype, shape }));
  const response = await call("ModelInfer", { ...request, inputs: bare, raw_input_contents: [raw, raw] });
  assert.deepEqual(int32s((response["raw_output_contents"] as unknown[])[0]), doubled);
});

test("the stock JavaScript client sees an unknown model as NOT_FOUND", async () => {
  const refused = call("ModelInfer", { ...addSub("bad"), model_name: "no-such-model" });
  await assert.rejects(refused, { code: status.NOT_FOUND, details: /no-such-model/ });
});

test("the stock JavaScript client infers on a stream, in order", async () => {
  const open = (client["ModelStreamInfer"] as () => Duplex).bind(client);
  const stream = open();
  const ids = ["a", "b", "c"];
  for (const id of ids) stream.write(addSub(id));
  stream.end();
  const answered: unknown[] = [];
  for await (const { infer_response: response, error_message: problem } of stream) {
    assert.equal(problem, "");
    answered.push((response as Message)["id"]);
  }
  assert.deepEqual(answered, ids);
});
