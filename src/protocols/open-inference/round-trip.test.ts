import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Draft, decodeMessage, encodeMessage } from "../../base/index.ts";
import {
  createStorage,
  DTYPES,
  type DType,
  elementCount,
  encodeRaw,
  Strings,
  type Tensor,
} from "../../tensor/index.ts";
import { decodeInferRequest } from "./decode-json.ts";
import { encodeInferAnswer } from "./encode-json.ts";
import { decodeGrpcCall } from "./grpc-decode.ts";
import { inferResponse } from "./grpc-encode.ts";
import type { InferAnswer } from "./infer.ts";
import { type ModelInferRequest, modelInferRequest, modelInferResponse } from "./infer-messages.ts";

const TARGET = { model: "m", version: undefined };
const MAX = 1 << 20;

/** Tensors of every dtype: any bits, any bytes where the encoding keeps them, any small shape. */
function tensors(dtypes: readonly DType[], text: fc.Arbitrary<string | Uint8Array>): fc.Arbitrary<Tensor> {
  const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
  return fc.tuple(fc.constantFrom(...dtypes), shape).chain(([dtype, sizes]) => {
    const count = elementCount(sizes);
    if (dtype === "BYTES") {
      const items = fc.array(text, { minLength: count, maxLength: count });
      return items.map((list): Tensor => ({ dtype, shape: sizes, data: Strings.from(list) }));
    }
    const bytes = createStorage(dtype, count).byteLength;
    return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((noise): Tensor => {
      const data = createStorage(dtype, count);
      new Uint8Array(data.buffer).set(dtype === "BOOL" ? noise.map((bit) => bit & 1) : noise);
      return { dtype, shape: sizes, data };
    });
  });
}

const answerOf = (tensor: Tensor): InferAnswer => ({
  model: "m",
  version: 1,
  outputs: new Map([["x", tensor]]),
  timing: { queueUs: 0, computeUs: 0, cpuUs: 0, batchRows: 1 },
  costUs: 0,
});

/** The bits of a tensor, NaNs of every kind as one: JSON has only one of them. */
function bits(tensor: Tensor, hasOneNan: boolean): unknown {
  const { data } = tensor;
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  return { ...tensor, data: isFloat && hasOneNan ? Array.from(data) : Buffer.from(encodeRaw(tensor)) };
}

/** A REST answer fed back as a request, as `inputs`. */
function throughRest(tensor: Tensor, binaryOutput: boolean): Tensor | undefined {
  const call = { ...TARGET, id: "", inputs: new Map(), outputs: undefined, options: undefined, binaryOutput };
  const { json, tail } = encodeInferAnswer(answerOf(tensor), call);
  const request = Buffer.from(json.replace('"outputs":', '"inputs":'));
  return decodeInferRequest(TARGET, request, Buffer.concat(tail), MAX).inputs.get("x");
}

const JSON_DTYPES = DTYPES.filter((dtype) => dtype !== "FP16" && dtype !== "BF16");

test("every dtype comes through JSON as it was, bit by bit", () => {
  fc.assert(
    fc.property(tensors(JSON_DTYPES, fc.string({ unit: "grapheme" })), (tensor) => {
      const back = throughRest(tensor, false);
      assert.ok(back);
      assert.deepEqual(bits(back, true), bits(tensor, true));
    }),
    { numRuns: 1000 },
  );
});

test("long tensors of floats come through JSON as they were, plain or with NaN and -0 among them", () => {
  const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 64,
    maxLength: 200,
  });
  const odd = fc.option(fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0));
  fc.assert(
    fc.property(values, odd, fc.constantFrom(Float32Array, Float64Array), (list, extra, type) => {
      const data = type.from(extra === null ? list : [...list, extra]);
      const dtype = data instanceof Float32Array ? "FP32" : "FP64";
      const tensor: Tensor = { dtype, shape: [data.length], data };
      assert.deepEqual(throughRest(tensor, false), tensor);
    }),
  );
});

test("every dtype comes through the binary extension as it was, bit by bit", () => {
  fc.assert(
    fc.property(tensors(DTYPES, fc.uint8Array({ maxLength: 5 })), (tensor) => {
      const back = throughRest(tensor, true);
      assert.ok(back);
      assert.deepEqual(bits(back, false), bits(tensor, false));
    }),
    { numRuns: 1000 },
  );
});

test("every dtype comes through raw gRPC contents as it was, bit by bit", () => {
  fc.assert(
    fc.property(tensors(DTYPES, fc.uint8Array({ maxLength: 5 })), (tensor) => {
      const response = decodeMessage(
        modelInferResponse,
        encodeMessage(modelInferResponse, inferResponse(answerOf(tensor), "7")),
      );
      const [output] = response.outputs;
      assert.deepEqual([response.id, output?.name, output?.datatype], ["7", "x", tensor.dtype]);
      const request = {
        model_name: "m",
        inputs: response.outputs,
        raw_input_contents: response.raw_output_contents,
      };
      assert.deepEqual(bits(throughGrpc(request), false), bits(tensor, false));
    }),
    { numRuns: 1000 },
  );
});

test("every dtype that has typed gRPC contents comes through them as it was, bit by bit", () => {
  fc.assert(
    fc.property(tensors(JSON_DTYPES, fc.uint8Array({ maxLength: 5 })), (tensor) => {
      const { dtype, shape } = tensor;
      const inputs = [{ name: "x", datatype: dtype, shape, contents: contentsOf(tensor) }];
      assert.deepEqual(bits(throughGrpc({ model_name: "m", inputs }), false), bits(tensor, false));
    }),
    { numRuns: 1000 },
  );
});

function throughGrpc(request: Draft<ModelInferRequest>): Tensor {
  const bytes = encodeMessage(modelInferRequest, request);
  const tensor = decodeGrpcCall(decodeMessage(modelInferRequest, bytes)).inputs.get("x");
  assert.ok(tensor);
  return tensor;
}

function contentsOf({ dtype, data }: Tensor) {
  if (data instanceof Strings) {
    return { bytes_contents: Array.from({ length: data.length }, (_, i) => data.bytesAt(i)) };
  }
  if (dtype === "BOOL") return { bool_contents: data as Uint8Array };
  if (data instanceof BigInt64Array) return { int64_contents: data };
  if (data instanceof BigUint64Array) return { uint64_contents: data };
  if (data instanceof Float32Array) return { fp32_contents: data };
  if (data instanceof Float64Array) return { fp64_contents: data };
  return dtype.startsWith("U")
    ? { uint_contents: Uint32Array.from(data) }
    : { int_contents: Int32Array.from(data) };
}

test("large raw tensors are views of the request where they are aligned, and chunks of the answer", () => {
  const data = new Float32Array(1 << 20);
  const tensor: Tensor = { dtype: "FP32", shape: [data.length], data };
  const { tail } = encodeInferAnswer(answerOf(tensor), {
    ...TARGET,
    id: "",
    inputs: new Map(),
    outputs: undefined,
    options: undefined,
    binaryOutput: true,
  });
  assert.equal(tail[0]?.buffer, data.buffer);
  let json = JSON.stringify({
    inputs: [
      {
        name: "x",
        shape: [data.length],
        datatype: "FP32",
        parameters: { binary_data_size: data.byteLength },
      },
    ],
  });
  json = json.padEnd(Math.ceil(json.length / 4) * 4);
  const body = Buffer.concat([Buffer.from(json), new Uint8Array(data.buffer)]);
  const { inputs } = decodeInferRequest(
    TARGET,
    body.subarray(0, json.length),
    body.subarray(json.length),
    1 << 23,
  );
  const read = inputs.get("x")?.data;
  assert.ok(read instanceof Float32Array && read.buffer === body.buffer);
});
