import { Deadline, PlatformError } from "../../src/base/index.ts";
import {
  ANYONE,
  type ControlPlane,
  checkInputs,
  type DataPlane,
  type PredictRequest,
  parseManifest,
  type RequestContext,
  type Signature,
  type VersionDescription,
} from "../../src/model/index.ts";
import { createPreparation, type Prepared } from "../../src/prepare/index.ts";
import type {
  FailedRequest,
  HttpProtocol,
  HttpReply,
  HttpRequest,
  Planes,
} from "../../src/protocols/index.ts";
import type { Tensors } from "../../src/tensor/index.ts";

const SPECS = [
  { name: "numbers", dtype: "FP32", shape: [-1, 1], batchAxis: 0 },
  { name: "text", dtype: "BYTES", shape: [-1, 1], batchAxis: 0 },
  { name: "count", dtype: "INT64", shape: [-1, 1], batchAxis: 0 },
] as const;
const signature: Signature = { inputs: SPECS, outputs: SPECS };
const manifest = parseManifest(
  '{"columns":[{"name":"text","values":["a","b"]},{"name":"numbers","optional":true}]}',
);
const preparation = await createPreparation(signature, manifest);

/** The model "echo": what comes in by its name, type and shape goes out, prepared as the real server does. */
const data: DataPlane = {
  predict: async ({ model, payload }) => {
    if (model !== "echo") throw new PlatformError("not_found", `model "${model}" is not there`);
    const { outputs, predictions, warnings } = await answer(payload);
    return {
      model,
      version: 1,
      outputs,
      ...(predictions && { predictions }),
      ...(warnings && { warnings }),
      timing: { queueUs: 0, computeUs: 0, cpuUs: 0, batchRows: 1 },
      costUs: 0,
    };
  },
  async *stream(request, context) {
    yield await data.predict(request, context);
  },
};

async function answer(payload: PredictRequest["payload"]): Promise<Prepared> {
  if (payload.kind === "tensors") return { outputs: await echo(payload.tensors) };
  return preparation.predict(payload, echo);
}

async function echo(inputs: Tensors): Promise<Tensors> {
  checkInputs(signature, inputs);
  return inputs;
}

const description: VersionDescription = {
  status: {
    model: "echo",
    version: 1,
    state: "ready",
    digest: "",
    artifactBytes: 0,
    memoryBytes: 0,
    platform: "onnxruntime_onnx",
  },
  signature,
  manifest,
};

const status = { model: "echo", versions: [description.status], serving: 1 };

const control: ControlPlane = {
  isReady: () => true,
  list: () => [status],
  find: (name) => (name === "echo" ? status : undefined),
  describe: (model) => {
    if (model !== "echo") throw new PlatformError("not_found", `model "${model}" is not there`);
    return description;
  },
  load: async () => ({ model: "echo", versions: [description.status], serving: 1 }),
  unload: async () => {},
  statistics: () => [],
};

export const planes: Planes = { data, control: () => control };

/** A context whose deadline never ends. */
export const context: RequestContext = {
  requestId: "fuzz",
  deadline: new Deadline(),
  caller: ANYONE,
  priority: 0,
  parameters: new Map(),
  trace: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-00",
  splitKey: "fuzz",
};

/** What a POST to the route with `template` is answered, errors as the protocol words them. */
export async function post(
  protocol: HttpProtocol,
  template: string,
  headers: HttpRequest["headers"],
  body: Uint8Array,
): Promise<HttpReply> {
  const route = protocol.routes.find(({ method, path }) => /^(?:POST|\*)$/.test(method) && path === template);
  if (!route) throw new Error(`${protocol.name} has no route POST ${template}`);
  const path = template.replaceAll(/\{\w+\}/g, "echo");
  const request: HttpRequest = {
    method: "POST",
    path,
    params: { model: "echo", endpoint: "echo" },
    query: new URLSearchParams(),
    headers,
    body: route.body === "stream" ? new Uint8Array() : body,
    ...(route.body === "stream" && { bodyStream: parts(body) }),
    context,
  };
  try {
    return await readWhole(await route.handle(request));
  } catch (thrown) {
    blamesUs(thrown);
    const failed: FailedRequest = { path, requestId: context.requestId };
    return protocol.failure(thrown, failed);
  }
}

/** Fails for an error that is a fault of ours, not of the input. */
export function blamesUs(thrown: unknown): void {
  if (!(thrown instanceof PlatformError) || thrown.message === "internal error") throw thrown;
}

/** The body in two parts, as a network would cut it. */
async function* parts(body: Uint8Array): AsyncGenerator<Uint8Array> {
  const cut = body.length >> 1;
  yield body.subarray(0, cut);
  yield body.subarray(cut);
}

/** A streamed body is an error's last hiding place, so it is read. */
async function readWhole(reply: HttpReply): Promise<HttpReply> {
  const { body } = reply;
  if (typeof body === "string" || body instanceof Uint8Array || Array.isArray(body)) return reply;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return { ...reply, body: chunks };
}
