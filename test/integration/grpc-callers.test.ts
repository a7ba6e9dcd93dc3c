import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ClientUnaryCall,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { withDataFolder, withRegistryApp } from "../kit/registry-app.ts";
import { artifact } from "../kit/served-folder.ts";

type Message = Record<string, unknown>;
interface Answer {
  readonly message: Message;
  /** Initial metadata and trailers together. */
  readonly metadata: Readonly<Record<string, unknown>>;
}
type Rpc = (method: string, request: Message, key: string) => Promise<Answer>;

/** A method of a stock client. */
type Unary = (
  request: Message,
  metadata: Metadata,
  done: (error: ServiceError | null, message?: Message) => void,
) => ClientUnaryCall;

const SERVICE = "GRPCInferenceService";

/** A stock client that shows metadata. */
function connect(address: string): { rpc: Rpc; close: () => void } {
  const definition = loadSync("proto/inference.proto", { keepCase: true, longs: String, defaults: true });
  const Service = (loadPackageDefinition(definition)["inference"] as GrpcObject)[SERVICE];
  const client = new (Service as ServiceClientConstructor)(address, credentials.createInsecure());
  const rpc: Rpc = async (method, request, key) => {
    const sent = new Metadata();
    sent.set("authorization", `Bearer ${key}`);
    const metadata: Message = {};
    const unary = (client as unknown as Readonly<Record<string, Unary>>)[method] ?? assert.fail(method);
    return new Promise((resolve, reject) => {
      const call = unary.call(client, request, sent, (error, message = {}) => {
        if (error) reject(error);
        // The status comes after the answer.
        else setImmediate(() => resolve({ message, metadata }));
      });
      call.on("metadata", (initial) => Object.assign(metadata, initial.getMap()));
      call.on("status", ({ metadata: trailers }) => Object.assign(metadata, trailers.getMap()));
    });
  };
  return { rpc, close: () => client.close() };
}

const x = { name: "x", datatype: "FP32", shape: [1, 2], contents: { fp32_contents: [1, 2] } };

test("over gRPC a caller sees its models alone, and the metadata says who answered", async () => {
  await withDataFolder(async (data) =>
    withRegistryApp(data, async ({ add, call, app }) => {
      await add("mine", [artifact("identity-fp32")]);
      await add("theirs", [artifact("identity-fp32")]);
      const variants = [{ name: "only", target: "mine@1", weight: 1 }];
      await call("PUT", "/api/v1/endpoints/mine-too", { body: { variants } });
      const admin = await call("POST", "/api/v1/keys", { body: { name: "root", role: "admin" } });
      const made = await call("POST", "/api/v1/keys", {
        body: { name: "shop", role: "predictor", models: ["mine*"] },
        headers: { authorization: `Bearer ${String(admin.body["secret"])}` },
      });
      const [root, shop] = [String(admin.body["secret"]), String(made.body["secret"])];
      const { rpc, close } = connect(`127.0.0.1:${app.grpc?.port}`);
      try {
        const index = async (key: string) => {
          const { message } = await rpc("RepositoryIndex", {}, key);
          return (message["models"] as { name: string }[]).map(({ name }) => name).toSorted();
        };
        assert.ok((await index(root)).includes("theirs"));
        assert.ok(!(await index(shop)).includes("theirs"), (await index(shop)).join());
        assert.ok((await index(shop)).includes("mine"));
        const { message } = await rpc("ModelStatistics", {}, shop);
        const names = (message["model_stats"] as { name: string }[]).map(({ name }) => name);
        assert.deepEqual(
          names.filter((name) => name === "theirs"),
          [],
        );
        await assert.rejects(rpc("ModelInfer", { model_name: "theirs", inputs: [x] }, shop), { code: 5 });
        await assert.rejects(rpc("ModelMetadata", { name: "theirs" }, shop), { code: 5 });
        await assert.rejects(rpc("RepositoryIndex", {}, "nobody"), { code: 16 });
        const { metadata } = await rpc("ModelInfer", { model_name: "mine-too", inputs: [x] }, shop);
        const who = ["x-model", "x-model-version", "x-sirve-variant"].map((name) => metadata[name]);
        assert.deepEqual(who, ["mine", "1", "only"]);
      } finally {
        close();
      }
    }),
  );
});
