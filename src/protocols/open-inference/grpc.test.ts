import assert from "node:assert/strict";
import { test } from "node:test";
import { callUnary } from "../../../test/kit/call-grpc.ts";
import { floats, inferenceProtocol, pathOf, raw, rpc, typed } from "../../../test/kit/open-inference-rpc.ts";

test("health and metadata answer; an unknown model is not ready, and no error", async () => {
  assert.deepEqual(await rpc("ServerLive", {}), { live: true });
  assert.deepEqual(await rpc("ServerReady", {}), { ready: true });
  assert.deepEqual(await rpc("ModelReady", { name: "fp32" }), { ready: true });
  assert.deepEqual(await rpc("ModelReady", { name: "none" }), { ready: false });
  assert.deepEqual(await rpc("ModelReady", { name: "half", version: "2" }), { ready: false });
  const { name, version, extensions } = await rpc("ServerMetadata", {});
  assert.deepEqual([name, version], ["sirve", "1.2.3"]);
  assert.ok((extensions as string[]).includes("statistics"));
  assert.deepEqual(await rpc("ModelMetadata", { name: "fp32" }), {
    name: "fp32",
    versions: ["1"],
    platform: "onnxruntime_onnx",
    inputs: [{ name: "IN", datatype: "FP32", shape: ["-1", "2"] }],
    outputs: [{ name: "OUT", datatype: "FP32", shape: ["-1", "2"] }],
    properties: {},
  });
});

test("configuration, statistics and the index are the messages that stock clients read", async () => {
  const { config } = (await rpc("ModelConfig", { name: "fp32" })) as { config: Record<string, unknown> };
  assert.equal(config["max_batch_size"], 8);
  assert.equal(config["scheduling_choice"], "dynamic_batching");
  assert.deepEqual(
    (config["input"] as object[]).map((input) => ({ ...input, reshape: undefined })),
    [
      {
        name: "IN",
        data_type: "TYPE_FP32",
        format: "FORMAT_NONE",
        dims: ["2"],
        reshape: undefined,
        is_shape_tensor: false,
        allow_ragged_batch: false,
        optional: false,
        is_non_linear_format_io: false,
      },
    ],
  );
  const { model_stats } = (await rpc("ModelStatistics", { name: "fp32" })) as {
    model_stats: Record<string, unknown>[];
  };
  assert.equal(model_stats[0]?.["inference_count"], "3");
  const statistics = model_stats[0]?.["inference_stats"] as Record<string, unknown> | undefined;
  assert.deepEqual(statistics?.["success"], {
    count: "1",
    ns: "2",
  });
  const { models } = (await rpc("RepositoryIndex", { ready: true })) as { models: object[] };
  assert.ok(models.some((line) => "name" in line && line.name === "fp32"));
});

test("load and unload take the model where Triton's and where KServe's clients put it", async () => {
  for (const request of [{ model_name: "fp32" }, { repository_name: "fp32" }]) {
    assert.deepEqual(await rpc("RepositoryModelLoad", request), { model_name: "fp32", isLoaded: true });
    assert.deepEqual(await rpc("RepositoryModelUnload", request), { model_name: "fp32", isUnloaded: true });
  }
});

test("raw contents go in and out, whatever the id and version", async () => {
  const answer = await rpc(
    "ModelInfer",
    raw("fp32", { id: "7", model_version: "1", outputs: [{ name: "OUT" }] }),
  );
  assert.deepEqual(answer, {
    model_name: "fp32",
    model_version: "1",
    id: "7",
    parameters: {},
    outputs: [{ name: "OUT", datatype: "FP32", shape: ["1", "2"], parameters: {}, contents: null }],
    raw_output_contents: [floats],
  });
});

test("typed contents of each kind go in, and come out raw", async () => {
  const cases = [
    ["fp32", "FP32", { fp32_contents: [1.5, -2] }, floats],
    ["int8", "INT8", { int_contents: [-128, 127] }, Buffer.from([0x80, 0x7f])],
    [
      "int64",
      "INT64",
      { int64_contents: ["-9223372036854775808", "1"] },
      Buffer.from(BigInt64Array.of(-(2n ** 63n), 1n).buffer),
    ],
    [
      "uint64",
      "UINT64",
      { uint64_contents: ["18446744073709551615", "0"] },
      Buffer.from(BigUint64Array.of(2n ** 64n - 1n, 0n).buffer),
    ],
    ["bool", "BOOL", { bool_contents: [true, false] }, Buffer.from([1, 0])],
    [
      "text",
      "BYTES",
      { bytes_contents: [Buffer.from("a"), Buffer.from([0xff])] },
      Buffer.from([1, 0, 0, 0, 97, 1, 0, 0, 0, 0xff]),
    ],
  ] as const;
  for (const [model, datatype, contents, bytes] of cases) {
    const { raw_output_contents: raws, message } = await rpc("ModelInfer", typed(model, datatype, contents));
    assert.deepEqual(raws, [bytes], String(message));
  }
});

test("the rest of the service says what is not supported", async () => {
  assert.deepEqual(await rpc("SystemSharedMemoryStatus", {}), { regions: {} });
  const cases = [
    ["CudaSharedMemoryStatus", { name: "r" }, 5, "Unable to find cuda shared memory region: 'r'"],
    ["SystemSharedMemoryRegister", { name: "r" }, 12, /^Client shared memory is disabled/],
    ["TraceSetting", {}, 14, "the server does not support trace"],
    ["LogSettings", {}, 14, "the server does not support dynamic logging"],
    [
      "RepositoryModelLoad",
      { model_name: "followed" },
      14,
      "explicit model load / unload is not allowed if polling is enabled",
    ],
    [
      "RepositoryModelLoad",
      { repository_name: "r", model_name: "fp32" },
      12,
      "'repository_name' specification is not supported",
    ],
    [
      "RepositoryModelLoad",
      { model_name: "fp32", parameters: { x: { string_param: "y" } } },
      3,
      "unrecognized load parameter 'x'.",
    ],
    ["RepositoryIndex", { repository_name: "r" }, 12, "'repository_name' specification is not supported"],
    ["ModelMetadata", { name: "none" }, 5, "Request for unknown model: 'none' is not found"],
    ["ModelStatistics", { name: "gone" }, 3, "requested model 'gone' is not available"],
  ] as const;
  for (const [name, request, code, message] of cases) {
    const answer = await rpc(name, request);
    assert.equal(answer["code"], code, name);
    if (typeof message === "string") assert.equal(answer["message"], message);
    else assert.match(String(answer["message"]), message);
  }
});

test("bytes that are no message are refused, not crashed on", async () => {
  const answer = await callUnary(inferenceProtocol, pathOf("ModelInfer"), Uint8Array.of(0x0a, 0x05, 0x41));
  assert.ok("code" in answer && answer.code === 3 && /malformed protobuf/.test(answer.message));
});
