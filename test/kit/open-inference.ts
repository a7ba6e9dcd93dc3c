import { Deadlines, PlatformError } from "../../src/base/index.ts";
import {
  type HttpProtocol,
  type OpenInferenceOptions,
  openInferenceRest,
} from "../../src/protocols/index.ts";
import { tensorOf } from "../../src/tensor/index.ts";
import { callRest, type RestAnswer, type RestCallOptions } from "./call-rest.ts";
import { type FakeModel, fakePlanes, identity, spec } from "./fake-planes.ts";
import { ManualClock } from "./manual-clock.ts";

/** Largest body of {@link openInferenceSetUp}. */
export const MAX_BODY = 1 << 20;

/** Models of every kind that V2 tests need; those named after a dtype give back their input. */
export const openInferenceModels: Readonly<Record<string, FakeModel>> = {
  fp32: identity("FP32", [-1, 2]),
  fp16: identity("FP16", [-1, 2]),
  int8: identity("INT8", [-1, 2]),
  int64: identity("INT64", [-1, 2]),
  uint64: identity("UINT64", [-1, 2]),
  bool: identity("BOOL", [-1, 2]),
  text: identity("BYTES", [-1, 2]),
  one: identity("BYTES", [-1, 1]),
  line: identity("FP32", [-1, -1]),
  cube: identity("FP32", [-1, -1, -1]),
  fixed: identity("FP32", [2, 2]),
  stats: identity("FP32", [-1, 2]),
  two: {
    signature: {
      inputs: [spec("A", "FP32", [-1, 2]), { ...spec("B", "FP32", [-1, 2]), optional: true }],
      outputs: [spec("X", "FP32", [-1, 2]), { ...spec("Y", "FP32", [-1, 3]), labels: ["cat", "dog"] }],
    },
    run: () =>
      new Map([
        ["X", tensorOf("FP32", [2, 2], [1, 2, 3, 4])],
        ["Y", tensorOf("FP32", [2, 3], [0.1, 0.9, 0.5, NaN, -Infinity, 7])],
      ]),
  },
  pair: {
    signature: {
      inputs: [spec("A", "FP32", [-1, 2]), spec("B", "FP32", [-1, 2])],
      outputs: [spec("X", "FP32", [-1, 2])],
    },
  },
  half: { ...identity("FP32", [-1, 2]), versions: { 1: "ready", 2: "loading", 3: "failed" } },
  gone: { ...identity("FP32", [-1, 2]), versions: { 1: "failed" } },
  empty: { ...identity("FP32", [-1, 2]), versions: {} },
  full: {
    ...identity("FP32", [-1, 2]),
    run: () => Promise.reject(new PlatformError("resource_exhausted", "x", { retryAfterMs: 1500 })),
  },
  late: {
    ...identity("FP32", [-1, 2]),
    run: (_, { deadline }) => new Promise((_resolve, reject) => deadline.onEnd(reject)),
  },
  wrong: {
    ...identity("FP32", [-1, 2]),
    run: () => Promise.reject(new PlatformError("internal", "the model failed")),
  },
};

/** The REST wire, what it is made of, and how to call it. */
export interface OpenInferenceSetUp {
  readonly planes: ReturnType<typeof fakePlanes>;
  readonly protocol: HttpProtocol;
  readonly options: OpenInferenceOptions;
  readonly clock: ManualClock;
  readonly call: (method: string, path: string, request?: RestCallOptions) => Promise<RestAnswer>;
  readonly infer: (model: string, body: unknown, headers?: Record<string, string>) => Promise<RestAnswer>;
}

/** The V2 REST wire over fake planes on a manual clock. */
export function openInferenceSetUp(): OpenInferenceSetUp {
  const clock = new ManualClock();
  const planes = fakePlanes(openInferenceModels);
  const options = { version: "1.2.3", deadlines: new Deadlines(clock), maxBodyBytes: MAX_BODY };
  const protocol = openInferenceRest(planes, options);
  const call = async (method: string, path: string, request?: RestCallOptions): Promise<RestAnswer> =>
    await callRest(protocol, method, path, request);
  const infer = async (model: string, body: unknown, headers = {}): Promise<RestAnswer> =>
    await call("POST", `/v2/models/${model}/infer`, {
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers,
    });
  return { planes, protocol, options, call, infer, clock };
}

/** A REST input of one row. */
export const restInput = (data: unknown, rest: object = {}): object => ({
  name: "IN",
  shape: [1, 2],
  datatype: "FP32",
  data,
  ...rest,
});

/** A REST request of that one input. */
export const restBody = (data: unknown, rest: object = {}): object => ({ inputs: [restInput(data, rest)] });
