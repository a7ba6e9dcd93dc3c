import assert from "node:assert/strict";
import { test } from "node:test";
import { callStream } from "../../../test/kit/call-grpc.ts";
import { fakePlanes } from "../../../test/kit/fake-planes.ts";
import { ManualClock } from "../../../test/kit/manual-clock.ts";
import { openInferenceModels, openInferenceSetUp } from "../../../test/kit/open-inference.ts";
import { inferenceOracle, inferenceProtocol, pathOf, raw } from "../../../test/kit/open-inference-rpc.ts";
import { Deadlines } from "../../base/index.ts";
import type { PredictRequest, RequestContext } from "../../model/index.ts";
import { openInferenceGrpc } from "./grpc.ts";

test("a stream answers in order, errors within it, and marks the last response", async () => {
  const waiting: (() => void)[] = [];
  const slow = fakePlanes({ ...openInferenceModels });
  const predict = slow.data.predict.bind(slow.data);
  const data = {
    ...slow.data,
    // The first request is answered last.
    predict: async (request: PredictRequest, context: RequestContext) => {
      if (slow.calls.length === 0) {
        const answer = predict(request, context);
        await new Promise<void>((resolve) => waiting.push(resolve));
        return await answer;
      }
      for (const resolve of waiting) resolve();
      return await predict(request, context);
    },
  };
  const streamed = openInferenceGrpc({ ...slow, data }, openInferenceSetUp().options);
  const method = inferenceOracle["ModelStreamInfer"];
  assert.ok(method);
  async function* messages() {
    for (const request of [raw("fp32", { id: "1" }), raw("none", { id: "2" }), raw("fp32", { id: "3" })]) {
      yield method?.requestSerialize(request) ?? Buffer.alloc(0);
    }
  }
  const path = pathOf("ModelStreamInfer");
  const { answers, failure } = await callStream(streamed, path, messages());
  assert.equal(failure, undefined);
  const read = answers.map(
    (answer) =>
      method.responseDeserialize(answer) as {
        error_message: string;
        infer_response: { id: string; parameters: object };
      },
  );
  assert.deepEqual(
    read.map(({ infer_response, error_message }) => [infer_response.id, error_message]),
    [
      ["1", ""],
      ["2", "Request for unknown model: 'none' is not found"],
      ["3", ""],
    ],
  );
  assert.deepEqual(read[0]?.infer_response.parameters, {
    triton_final_response: { bool_param: true, parameter_choice: "bool_param" },
    "x-model": { string_param: "fp32", parameter_choice: "string_param" },
    "x-model-version": { string_param: "1", parameter_choice: "string_param" },
  });
  const ended = await callStream(inferenceProtocol, path, messages(), { triton_grpc_error: "true" });
  assert.deepEqual([ended.answers.length, ended.failure?.code], [1, 5]);
});

test("a stream that ends on an error does not wait for a client that stays silent", async () => {
  const method = inferenceOracle["ModelStreamInfer"];
  async function* messages() {
    yield method?.requestSerialize(raw("none")) ?? Buffer.alloc(0);
    await new Promise(() => {});
  }
  const { failure } = await callStream(inferenceProtocol, pathOf("ModelStreamInfer"), messages(), {
    triton_grpc_error: "true",
  });
  assert.equal(failure?.code, 5);
});

test("a request of a stream that takes longer than the server allows fails alone", async () => {
  const clock = new ManualClock();
  const options = { version: "1", maxBodyBytes: 1 << 20, deadlines: new Deadlines(clock), deadlineMs: 500 };
  const protocol = openInferenceGrpc(fakePlanes({ ...openInferenceModels }), options);
  const method = inferenceOracle["ModelStreamInfer"];
  assert.ok(method);
  async function* messages() {
    yield method?.requestSerialize(raw("late")) ?? Buffer.alloc(0);
    setImmediate(() => clock.advance(600));
    yield method?.requestSerialize(raw("fp32")) ?? Buffer.alloc(0);
  }
  const { answers, failure } = await callStream(protocol, pathOf("ModelStreamInfer"), messages());
  assert.equal(failure, undefined);
  const texts = answers.map(
    (answer) => (method.responseDeserialize(answer) as { error_message: string }).error_message,
  );
  assert.deepEqual(texts, ["[request id: <id_unknown>] Request timeout expired", ""]);
});
