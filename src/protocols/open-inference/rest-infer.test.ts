import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { callRest } from "../../../test/kit/call-rest.ts";
import { fakePlanes, identity } from "../../../test/kit/fake-planes.ts";
import { ManualClock } from "../../../test/kit/manual-clock.ts";
import { MAX_BODY, openInferenceSetUp, restBody, restInput } from "../../../test/kit/open-inference.ts";
import { Deadlines } from "../../base/index.ts";
import { Strings } from "../../tensor/index.ts";
import { openInferenceRest } from "./rest.ts";

test("a request is answered in the protocol's key order, flat, with its id", async () => {
  const { infer } = openInferenceSetUp();
  const answer = await infer("fp32", { id: "7", model_name: "ignored", inputs: [restInput([[1, 0.1]])] });
  assert.equal(
    answer.text,
    '{"id":"7","model_name":"fp32","model_version":"1","outputs":[{"name":"OUT","datatype":"FP32","shape":[1,2],"data":[1,0.1]}]}',
  );
  assert.equal(answer.headers["x-sirve-cost-us"], "4");
});

test("each kind of value goes in and out of JSON exactly", async () => {
  const { infer } = openInferenceSetUp();
  const cases = [
    ["fp32", "FP32", "[NaN,-Infinity]"],
    ["fp32", "FP32", "[0.3,-0.0]"],
    ["int64", "INT64", "[9223372036854775807,-9223372036854775808]"],
    ["uint64", "UINT64", "[18446744073709551615,9007199254740993]"],
    ["bool", "BOOL", "[true,false]"],
    ["int8", "INT8", "[-128,127]"],
    ["text", "BYTES", '["a\\u0000b","ñ\\"é"]'],
  ] as const;
  for (const [model, datatype, data] of cases) {
    const answer = await infer(
      model,
      `{"inputs":[{"name":"IN","shape":[1,2],"datatype":"${datatype}","data":${data}}]}`,
    );
    assert.equal(answer.text.slice(answer.text.indexOf('"data":') + 7, -3), data, answer.text);
  }
});

test("binary, mixed and raw requests carry tensors after the JSON, and so do answers", async () => {
  const { call } = openInferenceSetUp();
  const floats = Buffer.from(Float32Array.of(1.5, -2).buffer);
  const head = {
    inputs: [{ name: "IN", shape: [1, 2], datatype: "FP32", parameters: { binary_data_size: 8 } }],
  };
  const send = (json: object, tail: Uint8Array, headers = {}) => {
    const text = JSON.stringify(json);
    return call("POST", "/v2/models/fp32/infer", {
      body: Buffer.concat([Buffer.from(text), tail]),
      headers: { "inference-header-content-length": String(text.length), ...headers },
    });
  };
  const plain = await send(head, floats);
  assert.match(plain.text, /"data":\[1.5,-2\]/);
  const binary = await send({ ...head, parameters: { binary_data_output: true } }, floats);
  const length = Number(binary.headers["inference-header-content-length"]);
  assert.equal(binary.headers["content-type"], "application/octet-stream");
  assert.deepEqual(JSON.parse(binary.text.slice(0, length)).outputs, [
    { name: "OUT", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 } },
  ]);
  assert.deepEqual(binary.bytes.subarray(length), floats);
  const chosen = {
    ...head,
    parameters: { binary_data_output: true },
    outputs: [{ name: "OUT", parameters: { binary_data: false } }],
  };
  assert.match((await send(chosen, floats)).text, /"data":/);
  const raw = await call("POST", "/v2/models/line/infer", {
    body: floats,
    headers: { "inference-header-content-length": "0" },
  });
  assert.deepEqual(
    JSON.parse(raw.bytes.subarray(0, Number(raw.headers["inference-header-content-length"])).toString())
      .outputs[0].shape,
    [1, 2],
  );
  const zipped = await send(head, floats).then(() =>
    call("POST", "/v2/models/fp32/infer", {
      body: gzipSync(Buffer.concat([Buffer.from(JSON.stringify(head)), floats])),
      headers: {
        "inference-header-content-length": String(JSON.stringify(head).length),
        "content-encoding": "gzip",
      },
    }),
  );
  assert.match(zipped.text, /1.5/);
});

test("zero rows are an answer, with JSON as its type although the output is binary", async () => {
  const { infer } = openInferenceSetUp();
  const answer = await infer("fp32", {
    inputs: [restInput([], { shape: [0, 2] })],
    parameters: { binary_data_output: true },
  });
  assert.equal(answer.headers["content-type"], "application/json");
  assert.deepEqual(JSON.parse(answer.text).outputs[0], {
    name: "OUT",
    datatype: "FP32",
    shape: [0, 2],
    parameters: { binary_data_size: 0 },
  });
});

test("compression works both ways, and its limit counts what was unpacked", async () => {
  const { call } = openInferenceSetUp();
  const body = JSON.stringify(restBody([1, 2]));
  const post = (bytes: Uint8Array, headers: Record<string, string>) =>
    call("POST", "/v2/models/fp32/infer", { body: bytes, headers });
  assert.equal((await post(deflateSync(body), { "content-encoding": "deflate" })).status, 200);
  assert.equal((await post(deflateRawSync(body), { "content-encoding": "deflate" })).status, 400);
  assert.equal((await post(gzipSync(body).subarray(0, 20), { "content-encoding": "gzip" })).status, 400);
  const brotli = await post(Buffer.from(body), { "content-encoding": "br" });
  assert.deepEqual(
    [brotli.status, brotli.text, brotli.headers["accept-encoding"]],
    [501, '{"error":"Unsupported compression type"}', "gzip, deflate"],
  );
  const bomb = await post(gzipSync(Buffer.alloc(MAX_BODY + 1)), { "content-encoding": "gzip" });
  assert.equal(bomb.status, 400);
  assert.match(bomb.text, /Use --http-max-input-size to increase the limit\.$|limit\."\}$/);
  const gzip = await post(Buffer.from(body), { "accept-encoding": "deflate;q=0.5, gzip" });
  assert.equal(gzip.headers["content-encoding"], "gzip");
  assert.match(gunzipSync(gzip.bytes).toString(), /OUT/);
  const deflate = await post(Buffer.from(body), { "accept-encoding": "gzip;q=0, deflate" });
  assert.match(inflateSync(deflate.bytes).toString(), /OUT/);
  assert.equal(
    (await post(Buffer.from(body), { "accept-encoding": "br" })).headers["content-encoding"],
    undefined,
  );
});

test("outputs are selected, ordered and classified as requested", async () => {
  const { infer } = openInferenceSetUp();
  const inputs = [{ name: "A", shape: [2, 2], datatype: "FP32", data: [1, 2, 3, 4] }];
  const answer = await infer("two", {
    inputs,
    outputs: [{ name: "Y", parameters: { classification: 2 } }, { name: "X" }],
  });
  assert.deepEqual(JSON.parse(answer.text).outputs, [
    {
      name: "Y",
      datatype: "BYTES",
      shape: [2, 2],
      data: ["0.900000:1:dog", "0.500000:2", "7.000000:2", "-inf:1:dog"],
    },
    { name: "X", datatype: "FP32", shape: [2, 2], data: [1, 2, 3, 4] },
  ]);
});

test("priority, timeout and parameters reach the data plane", async () => {
  const { infer, planes, clock } = openInferenceSetUp();
  await infer("fp32", {
    ...restBody([1, 2]),
    parameters: { priority: 3, timeout: 1000, tag: "x", n: 5, flag: true },
  });
  const [{ context } = { context: undefined }] = planes.calls;
  assert.equal(context?.priority, -2);
  assert.deepEqual(
    [...(context?.parameters ?? [])],
    [
      ["tag", "x"],
      ["n", 5],
      ["flag", true],
    ],
  );
  const late = infer("late", { ...restBody([1, 2]), id: "q", parameters: { timeout: 50_000 } });
  await new Promise(setImmediate);
  clock.advance(60);
  assert.deepEqual((await late).text, '{"error":"[request id: q] Request timeout expired"}');
});

test("half precision goes out as bytes, and not as JSON", async () => {
  const { call } = openInferenceSetUp();
  const json = JSON.stringify({
    inputs: [{ name: "IN", shape: [1, 2], datatype: "FP16", parameters: { binary_data_size: 4 } }],
  });
  const send = (text: string) =>
    call("POST", "/v2/models/fp16/infer", {
      body: Buffer.concat([Buffer.from(text), Buffer.alloc(4)]),
      headers: { "inference-header-content-length": String(text.length) },
    });
  assert.match(
    (await send(json)).text,
    /sending FP16 data via JSON is not supported. Please use the binary data format for output/,
  );
  assert.equal((await send(`${json.slice(0, -1)},"parameters":{"binary_data_output":true}}`)).status, 200);
});

test("bytes that are not UTF-8 go out as replacement characters, never as a broken answer", async () => {
  const planes = fakePlanes({
    raw: {
      ...identity("BYTES", [-1, 1]),
      run: () =>
        new Map([["OUT", { dtype: "BYTES", shape: [1, 1], data: Strings.from([Uint8Array.of(0xff)]) }]]),
    },
  });
  const protocol = openInferenceRest(planes, {
    version: "1",
    deadlines: new Deadlines(new ManualClock()),
    maxBodyBytes: 999,
  });
  const body = JSON.stringify({ inputs: [{ name: "IN", shape: [1, 1], datatype: "BYTES", data: ["x"] }] });
  assert.match(
    (await callRest(protocol, "POST", "/v2/models/raw/infer", { body })).text,
    /"data":\["\ufffd"\]/,
  );
});
