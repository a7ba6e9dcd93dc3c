import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { Deadlines, isKeptMemory, PlatformError } from "../base/index.ts";
import { ANYONE, type PredictRequest, type PredictResponse, type RequestContext } from "../model/index.ts";
import { type Tensors, tensorOf } from "../tensor/index.ts";
import type { RoutedEndpoint, RoutedShadow } from "./routes.ts";
import { Shadows } from "./shadow.ts";

const SPEC: RoutedShadow = { target: "churn@2", percent: 100, maxConcurrency: 2, tolerance: 0.1 };
const outputs = (value: number): Tensors => new Map([["y", tensorOf("FP32", [1], [value])]]);
const answerOf = (value: number): PredictResponse => ({
  model: "churn",
  version: 1,
  outputs: outputs(value),
  timing: { queueUs: 0, computeUs: 0, cpuUs: 0, batchRows: 1 },
  costUs: 0,
});

function scene(shadow: Partial<RoutedShadow> = {}) {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const asked: { target: string; request: PredictRequest; context: RequestContext }[] = [];
  const replies: PromiseWithResolvers<PredictResponse>[] = [];
  const state = { isBusy: false };
  const shadows = new Shadows({
    clock,
    deadlines,
    deadlineMs: 0,
    isBusy: () => state.isBusy,
    async ask(target, request, context) {
      asked.push({ target, request, context });
      const reply = Promise.withResolvers<PredictResponse>();
      replies.push(reply);
      return reply.promise;
    },
  });
  const endpoint: RoutedEndpoint = { endpoint: "e", variants: [], salt: "s", shadow: { ...SPEC, ...shadow } };
  const replace = (spec = endpoint.shadow) => shadows.replace([{ ...endpoint, shadow: spec }]);
  replace();
  const answered = (value = 1, splitKey = "k", given = outputs(value)) => {
    const request: PredictRequest = { model: "churn", payload: { kind: "tensors", tensors: outputs(value) } };
    const context = {
      requestId: "r",
      deadline: deadlines.start(),
      caller: ANYONE,
      priority: 0,
      splitKey,
      parameters: new Map(),
      trace: "",
    } satisfies RequestContext;
    const answer = { ...answerOf(value), outputs: given };
    shadows.answered({ model: "churn", endpoint, splitKey }, request, answer, context);
    return { request, answer };
  };
  const settled = () => new Promise(setImmediate);
  return {
    clock,
    shadows,
    asked,
    replies,
    state,
    answered,
    replace,
    settled,
    report: () => shadows.report("e"),
  };
}

test("a request is repeated only after its answer is on its way, at the lowest priority, without a copy", async () => {
  const { clock, asked, replies, answered, settled, report } = scene();
  const { request, answer } = answered();
  assert.equal(asked.length, 0);
  clock.advance(0);
  assert.equal(asked[0]?.target, "churn@2");
  assert.equal(asked[0].request.payload, request.payload);
  assert.ok(asked[0].context.priority < 0);
  const [y] = answer.outputs.values();
  assert.ok(
    y && !("bytes" in y.data) && isKeptMemory(y.data.buffer),
    "whoever frees answers leaves it alone",
  );
  replies[0]?.resolve(answerOf(1.05));
  await settled();
  const { sent, agreed, agreementRate, largestDifference } = report() ?? assert.fail();
  assert.deepEqual([sent, agreed, agreementRate], [1, 1, 1]);
  assert.ok(Math.abs(largestDifference - 0.05) < 1e-6);
});

test("beyond its cap a shadow is dropped, and it goes on when one has ended", async () => {
  const { clock, asked, replies, answered, settled, report } = scene();
  for (let i = 0; i < 5; i += 1) answered();
  clock.advance(0);
  assert.deepEqual([asked.length, report()?.dropped], [2, 3]);
  replies[0]?.resolve(answerOf(1));
  await settled();
  answered();
  clock.advance(0);
  assert.equal(asked.length, 3);
});

test("while requests of people wait for a lane, no shadow is asked", () => {
  const { clock, asked, state, answered, report } = scene();
  state.isBusy = true;
  answered();
  clock.advance(0);
  assert.deepEqual([asked.length, report()?.dropped], [0, 1]);
  state.isBusy = false;
  answered();
  clock.advance(0);
  assert.equal(asked.length, 1);
});

test("repeats that would hold too many bytes are dropped", () => {
  const { clock, asked, answered, report } = scene({ maxConcurrency: 100 });
  const values = new Float32Array(10 * 2 ** 20);
  const large: Tensors = new Map([["y", { dtype: "FP32", shape: [values.length], data: values }]]);
  for (let i = 0; i < 3; i += 1) answered(1, "k", large);
  clock.advance(0);
  assert.deepEqual([asked.length, report()?.dropped], [1, 2]);
});

test("a failing shadow is counted, a full queue or one that is loading is dropped, and no answer is touched", async () => {
  const { clock, replies, answered, settled, report } = scene();
  const { answer } = answered();
  answered();
  clock.advance(0);
  replies[0]?.reject(new PlatformError("internal", "broken"));
  replies[1]?.reject(new PlatformError("resource_exhausted", "full"));
  await settled();
  assert.deepEqual([report()?.failed, report()?.dropped, report()?.sent], [1, 1, 0]);
  assert.deepEqual(answer.outputs, outputs(1));
});

test("a share of the callers is always the same callers", () => {
  const { clock, asked, answered } = scene({ percent: 30, maxConcurrency: 100_000 });
  const seen = () => {
    const before = asked.length;
    for (let key = 0; key < 1000; key += 1) answered(key, `caller-${key}`);
    clock.advance(0);
    return asked.slice(before).map(({ request }) => JSON.stringify([...tensorsIn(request)]));
  };
  const first = seen();
  assert.deepEqual(seen(), first);
  // 300 in the mean, and four deviations around it.
  assert.ok(first.length > 240 && first.length < 360, String(first.length));
});

test("another shadow begins its report anew, the same one goes on", async () => {
  const { clock, replies, answered, replace, settled, report } = scene();
  answered();
  clock.advance(0);
  replies[0]?.resolve(answerOf(9));
  await settled();
  replace({ ...SPEC });
  assert.deepEqual([report()?.sent, report()?.agreed], [1, 0]);
  replace({ ...SPEC, target: "churn@3" });
  assert.deepEqual([report()?.sent, report()?.target], [0, "churn@3"]);
  replace(undefined);
});

function tensorsIn({ payload }: PredictRequest): Tensors {
  assert.equal(payload.kind, "tensors");
  return payload.tensors;
}
