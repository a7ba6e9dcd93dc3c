import assert from "node:assert/strict";
import { test } from "node:test";
import { openInferenceSetUp } from "../../../test/kit/open-inference.ts";
import { PlatformError } from "../../base/index.ts";

test("health answers with the JSON that KServe's client reads", async () => {
  const { call } = openInferenceSetUp();
  const cases = [
    ["/v2/health/live", 200, '{"live":true}'],
    ["/v2/health/ready", 200, '{"ready":true}'],
    ["/v2/models/fp32/ready", 200, '{"name":"fp32","ready":true}'],
    ["/v2/models/half/versions/1/ready", 200, '{"name":"half","ready":true}'],
    ["/v2/models/half/versions/2/ready", 503, '{"error":"Model version not ready"}'],
    ["/v2/models/gone/ready", 503, '{"error":"Model version not ready"}'],
    ["/v2/models/none/ready", 404, `{"error":"Request for unknown model: 'none' is not found"}`],
    [
      "/v2/models/half/versions/9/ready",
      404,
      `{"error":"Request for unknown model: 'half' version 9 is not found"}`,
    ],
    ["/v2/models/half/versions/x/ready", 404, '{"error":"Not Found"}'],
  ] as const;
  for (const [path, status, text] of cases) {
    const answer = await call("GET", path);
    assert.deepEqual([answer.status, answer.text], [status, text], path);
    assert.equal(answer.headers["content-type"], "application/json");
  }
});

test("server and model metadata name versions as strings and lead batched shapes with -1", async () => {
  const { call } = openInferenceSetUp();
  for (const path of ["/v2", "/v2/"]) {
    const { name, version, extensions } = JSON.parse((await call("GET", path)).text);
    assert.deepEqual([name, version], ["sirve", "1.2.3"]);
    assert.ok(extensions.includes("binary_tensor_data") && !extensions.includes("sequence"));
  }
  assert.deepEqual(JSON.parse((await call("GET", "/v2/models/half")).text), {
    name: "half",
    versions: ["1"],
    platform: "onnxruntime_onnx",
    inputs: [{ name: "IN", datatype: "FP32", shape: [-1, 2] }],
    outputs: [{ name: "OUT", datatype: "FP32", shape: [-1, 2] }],
  });
  assert.deepEqual(
    (await call("GET", "/v2/models/gone")).text,
    `{"error":"Request for unknown model: 'gone' has no available versions"}`,
  );
  assert.ok(JSON.parse((await call("GET", "/v2/models/stats")).text).model_stats, "stats is the statistics");
  assert.ok(JSON.parse((await call("GET", "/v2/models")).text).models.includes("fp32"));
});

test("the configuration prints dims without the batch axis, integers as numbers, and defaults", async () => {
  const { call } = openInferenceSetUp();
  const batched = JSON.parse((await call("GET", "/v2/models/fp32/versions/1/config")).text);
  assert.equal(batched.max_batch_size, 8);
  assert.deepEqual(batched.input[0], {
    name: "IN",
    data_type: "TYPE_FP32",
    format: "FORMAT_NONE",
    dims: [2],
    is_shape_tensor: false,
    allow_ragged_batch: false,
    optional: false,
    is_non_linear_format_io: false,
  });
  assert.equal(batched.dynamic_batching.max_queue_delay_microseconds, 0);
  const fixed = JSON.parse((await call("GET", "/v2/models/fixed/config")).text);
  assert.deepEqual(
    [fixed.max_batch_size, fixed.input[0].dims, fixed.dynamic_batching],
    [0, [2, 2], undefined],
  );
  assert.equal(
    JSON.parse((await call("GET", "/v2/models/text/config")).text).output[0].data_type,
    "TYPE_STRING",
  );
});

test("statistics have the protocol's names; a model without a ready version has none", async () => {
  const { call } = openInferenceSetUp();
  const {
    model_stats: [stats],
  } = JSON.parse((await call("GET", "/v2/models/fp32/stats")).text);
  assert.deepEqual(
    [stats.name, stats.version, stats.inference_count, stats.execution_count],
    ["fp32", "1", 3, 2],
  );
  assert.deepEqual(stats.inference_stats.queue, { count: 1, ns: 2 });
  assert.deepEqual(stats.inference_stats.cache_hit, { count: 0, ns: 0 });
  assert.equal(stats.batch_stats[0].batch_size, 2);
  assert.deepEqual(stats.memory_usage, [{ type: "CPU", id: 0, byte_size: 4096 }]);
  const gone = await call("GET", "/v2/models/gone/stats");
  assert.deepEqual([gone.status, gone.text], [400, `{"error":"requested model 'gone' is not available"}`]);
  assert.equal((await call("GET", "/v2/models/none/stats")).status, 404);
});

test("the repository is listed, and loaded and unloaded by request", async () => {
  const { call } = openInferenceSetUp();
  const all = JSON.parse((await call("POST", "/v2/repository/index")).text) as { name: string }[];
  assert.deepEqual(
    all.filter(({ name }) => name === "half" || name === "empty"),
    [
      { name: "half", version: "1", state: "READY", reason: "" },
      { name: "half", version: "2", state: "LOADING", reason: "" },
      { name: "half", version: "3", state: "UNAVAILABLE", reason: "broken" },
      { name: "empty" },
    ],
  );
  const ready = JSON.parse(
    (await call("POST", "/v2/repository/index", { body: '{"ready":true}' })).text,
  ) as object[];
  assert.ok(ready.every((line) => "state" in line && line.state === "READY"));
  const cases = [
    ["index", '{"ready":1}', 400, "Invalid value for 'ready': expected a boolean"],
    ["models/fp32/load", "", 200, ""],
    ["models/fp32/load", '{"parameters":{}}', 200, ""],
    ["models/fp32/load", '{"parameters":{"config":"{}"}}', 501, /load parameter 'config' is not supported/],
    ["models/fp32/load", '{"parameters":{"x":"y"}}', 500, "unexpected error on creating Triton parameter"],
    ["models/none/load", "", 500, "failed to load 'none', failed to poll from model repository"],
    ["models/broken/load", "", 500, /^failed to load 'broken', no version is available/],
    ["models/followed/load", "", 503, "explicit model load / unload is not allowed if polling is enabled"],
    ["models/followed/unload", "", 503, "explicit model load / unload is not allowed if polling is enabled"],
    ["models/fp32/unload", '{"parameters":{"unload_dependents":true}}', 200, ""],
    ["models/none/unload", "", 400, "Model to be unloaded has not been served"],
    ["other/models/fp32/load", "", 501, "'repository_name' specification is not supported"],
  ] as const;
  for (const [path, body, status, text] of cases) {
    const answer = await call("POST", `/v2/repository/${path}`, { body });
    assert.equal(answer.status, status, answer.text);
    const got = answer.text === "" ? "" : (JSON.parse(answer.text).error as string);
    if (typeof text === "string") assert.equal(got, text);
    else assert.match(got, text);
  }
});

test("what this server does not have says so", async () => {
  const { call } = openInferenceSetUp();
  const disabled =
    "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.";
  const cases = [
    ["GET", "/v2/systemsharedmemory/status", 200, "[]"],
    ["GET", "/v2/cudasharedmemory/region/r/status", 404, "Unable to find cuda shared memory region: 'r'"],
    ["POST", "/v2/systemsharedmemory/region/r/register", 501, disabled],
    ["POST", "/v2/systemsharedmemory/unregister", 501, disabled],
    ["GET", "/v2/trace/setting", 503, "the server does not support tracing"],
    ["POST", "/v2/models/fp32/trace/setting", 503, "the server does not support tracing"],
    ["GET", "/v2/logging", 503, "the server does not support dynamic logging"],
    ["POST", "/v2/models/fp32/generate", 501, "the generate extension is not supported"],
    ["GET", "/v2/nothing", 404, "Not Found"],
    ["GET", "/v2/models/fp32/infer", 405, "Method Not Allowed"],
    ["POST", "/v2/health/live", 405, "Method Not Allowed"],
  ] as const;
  for (const [method, path, status, text] of cases) {
    const answer = await call(method, path);
    assert.deepEqual(
      [answer.status, answer.text],
      [status, status === 200 ? text : JSON.stringify({ error: text })],
      path,
    );
  }
});

test("a limit that the server found is said in this wire's words", () => {
  const { protocol } = openInferenceSetUp();
  const reply = protocol.failure(
    new PlatformError("too_large", "the body is larger than 5 bytes", { field: "body" }),
    {
      path: "/v2",
      requestId: "r",
    },
  );
  assert.equal(reply.status, 400);
  assert.match(
    reply.body as string,
    /exceeds the maximum allowed input size of 1048576 bytes. Use --http-max-input-size to increase the limit\./,
  );
});
