import { PlatformError } from "../../src/base/index.ts";
import {
  type ControlPlane,
  type Manifest,
  manifestSchema,
  modelNotFound,
  type PredictRequest,
  type PredictResponse,
  type RequestContext,
  type Signature,
  type VersionDescription,
} from "../../src/model/index.ts";
import type { HttpProtocol, HttpReply, HttpRequest, Planes } from "../../src/protocols/index.ts";
import { plainContext } from "./fake-planes.ts";

/** A data plane that answers with `answer`, and the requests that it saw. */
export interface Recording {
  readonly planes: Planes;
  readonly seen: PredictRequest[];
}

type Answer = (request: PredictRequest, context: RequestContext) => Promise<Partial<PredictResponse>>;

const EMPTY: PredictResponse = {
  model: "m",
  version: 1,
  outputs: new Map(),
  timing: { queueUs: 1500, computeUs: 250.04, cpuUs: 200, batchRows: 3 },
  costUs: 310.26,
};

/** Planes over the models described, whose predictions are what `answer` gives. */
export function recordingPlanes(
  answer: Answer,
  models: readonly VersionDescription[] = [describedModel("m")],
): Recording {
  const seen: PredictRequest[] = [];
  const predict: Planes["data"]["predict"] = async (request, context) => {
    seen.push(request);
    return { ...EMPTY, model: request.model, ...(await answer(request, context)) };
  };
  const data: Planes["data"] = {
    predict,
    async *stream(request, context) {
      yield await predict(request, context);
    },
  };
  const control = controlOf(models);
  return { seen, planes: { data, control: () => control } };
}

/** A ready version of a model. */
export function describedModel(
  model: string,
  signature: Signature = { inputs: [], outputs: [] },
  manifest: object = {},
): VersionDescription {
  const parsed: Manifest = manifestSchema.parse(manifest);
  return {
    status: {
      model,
      version: 1,
      state: "ready",
      digest: "ab",
      artifactBytes: 10,
      memoryBytes: 20,
      platform: "onnxruntime_onnx",
    },
    signature,
    manifest: parsed,
  };
}

function controlOf(models: readonly VersionDescription[]): ControlPlane {
  const find = (model: string, version?: number) => {
    const found = models.find(({ status }) => status.model === model && version !== 2);
    if (!found) throw modelNotFound(model, version);
    return found;
  };
  const statusOf = (description: VersionDescription) => ({
    model: description.status.model,
    versions: [description.status],
    serving: description.status.version,
  });
  return {
    isReady: () => true,
    list: () => models.map(statusOf),
    find: (name) => models.map(statusOf).find(({ model }) => model === name),
    describe: find,
    load: async (model, version) => {
      if (model === "broken") throw new PlatformError("failed_precondition", "model.onnx is no ONNX file");
      return statusOf(find(model, version));
    },
    unload: async (model, version) => {
      find(model, version);
    },
    statistics: (model) => {
      if (model !== undefined) find(model);
      return [];
    },
  };
}

export interface SentRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly bodyStream?: AsyncIterable<Uint8Array>;
}

/** Sends a request to a protocol as a server does: route, handle, and `failure` for what is thrown. */
export async function send(protocol: HttpProtocol, sent: SentRequest): Promise<HttpReply> {
  const [path = "", query = ""] = sent.path.split("?");
  const method = sent.method ?? "POST";
  const found = protocol.routes.map((route) => ({ route, params: match(route.path, path) }));
  const hit = found
    .filter(({ route, params }) => params && route.method === method)
    .toSorted((a, b) => Object.keys(a.params ?? {}).length - Object.keys(b.params ?? {}).length)[0];
  if (!hit?.params) throw new Error(`no route for ${method} ${path}`);
  const { body = "" } = sent;
  const request: HttpRequest = {
    method,
    path,
    params: hit.params,
    query: new URLSearchParams(query),
    headers: sent.headers ?? {},
    body: typeof body === "string" ? Buffer.from(body) : body,
    ...(sent.bodyStream && { bodyStream: sent.bodyStream }),
    context: plainContext(),
  };
  try {
    return await hit.route.handle(request);
  } catch (thrown) {
    return protocol.failure(thrown, { path, requestId: "r1" });
  }
}

function match(template: string, path: string): Record<string, string> | undefined {
  const pattern = template.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  const found = new RegExp(`^${pattern}$`).exec(path);
  return found ? { ...found.groups } : undefined;
}

/** A reply's body as text, streamed or not. */
export async function textOf({ body }: HttpReply): Promise<string> {
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}
