import { type Json, PlatformError, parseJson, STATUS, writeJson } from "../../base/index.ts";
import { type Payload, type PredictResponse } from "../../model/index.ts";
import { plainRow } from "../../tensor/index.ts";
import { answeredBy } from "../answered-by.ts";
import type { FailedRequest, HttpProtocol, HttpReply, HttpRequest, HttpRoute, Planes } from "../contract.ts";
import { decodeBase64 } from "../native/base64.ts";
import { decodePredict } from "../native/decode.ts";
import { decodeJson } from "../native/decode-json.ts";
import { encodeAnswer } from "../native/encode.ts";
import { chooseAnswerType } from "../native/media-type.ts";
import { soleModel } from "../sole-model.ts";

export interface VertexOptions {
  readonly maxBodyBytes: number;
  /** AIP_HEALTH_ROUTE and AIP_PREDICT_ROUTE; undefined: this is no container of Vertex. */
  readonly routes?: { readonly health: string; readonly predict: string } | undefined;
}

const ENDPOINT = "/v1/projects/{project}/locations/{location}/endpoints/{endpoint}";

/**
 * What Vertex AI asks of a container, and its prediction API, so that Google's clients with an `api_endpoint` call
 * this server: an endpoint is a model or endpoint here.
 *
 * @see Vertex AI, "Custom container requirements for prediction"; google.cloud.aiplatform.v1.PredictionService.
 */
export function vertex(planes: Planes, options: VertexOptions): HttpProtocol {
  const named = ({ params }: HttpRequest) => params["endpoint"] ?? "";
  return {
    name: "vertex",
    prefixes: ["/v1/projects"],
    routes: [
      ...containerRoutes(planes, options),
      post(`${ENDPOINT}:predict`, async (request) => predict(planes, request, named(request))),
      post(`${ENDPOINT}:rawPredict`, async (request) => rawPredict(planes, options, request, named(request))),
    ],
    failure,
  };
}

function containerRoutes(planes: Planes, { routes }: VertexOptions): HttpRoute[] {
  if (!routes) return [];
  const sole = ({ context }: HttpRequest) =>
    soleModel(planes.control(context.caller), "a container of Vertex serves one model");
  return [
    {
      method: "GET",
      path: routes.health,
      access: "public",
      handle: async ({ context }) => json(planes.control(context.caller).isReady() ? 200 : 503, {}),
    },
    post(routes.predict, async (request) => predict(planes, request, sole(request))),
  ];
}

const post = (path: string, handle: HttpRoute["handle"]): HttpRoute => ({
  method: "POST",
  path,
  access: "predictor",
  handle,
});

async function predict(planes: Planes, { body, context }: HttpRequest, model: string): Promise<HttpReply> {
  const response = await planes.data.predict({ model, payload: decodeInstances(body) }, context);
  const { version } = response;
  const text = `{"predictions":${writeJson(predictionsOf(response))},"deployedModelId":"${version}","model":${JSON.stringify(response.model)},"modelVersionId":"${version}","modelDisplayName":${JSON.stringify(response.model)}}`;
  return {
    status: 200,
    headers: { "content-type": "application/json", ...answeredBy(response) },
    body: text,
  };
}

/** The rows of `instances`; an instance `{"b64": …}` is a picture, sound or text. */
export function decodeInstances(body: Uint8Array): Payload {
  const value = parseJson(body);
  const { instances } = (typeof value === "object" && value !== null ? value : {}) as {
    readonly instances?: Json;
  };
  if (!Array.isArray(instances) || instances.length === 0) {
    throw new PlatformError("invalid_argument", "instances is no list with an instance", {
      field: "instances",
      expected: '{"instances": [ … ]}',
    });
  }
  const list = instances as readonly Json[];
  const contents = list.map(contentOf);
  if (contents.every((one) => one !== undefined)) return { kind: "contents", contents };
  return decodeJson({ instances }).payload;
}

function contentOf(instance: Json) {
  if (typeof instance !== "object" || instance === null || Array.isArray(instance)) return undefined;
  const { b64, ...rest } = instance as { readonly [name: string]: Json };
  if (typeof b64 !== "string" || Object.keys(rest).length > 0) return undefined;
  return decodeBase64(b64, "instances.b64");
}

/** One for each instance: as people read them where the model says how, else its outputs. */
function predictionsOf({ predictions, outputs }: PredictResponse): readonly Json[] {
  if (predictions) return predictions;
  const named = [...outputs];
  const rows = named[0]?.[1].shape[0] ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const [only] = named;
    if (named.length === 1 && only) return plainRow(only[1], row);
    return Object.fromEntries(named.map(([name, tensor]) => [name, plainRow(tensor, row)]));
  });
}

/** Bytes of any type that the native API takes; generated clients wrap them into JSON. */
async function rawPredict(
  planes: Planes,
  { maxBodyBytes }: VertexOptions,
  request: HttpRequest,
  model: string,
): Promise<HttpReply> {
  const sent = isGenerated(request) ? unwrapped(request) : request;
  const { payload } = await decodePredict(sent, maxBodyBytes);
  const response = await planes.data.predict({ model, payload }, request.context);
  const reply = encodeAnswer(response, { type: chooseAnswerType(request.headers["accept"]) });
  const ids = { "x-vertex-ai-endpoint-id": model, "x-vertex-ai-deployed-model-id": String(response.version) };
  const headers = { ...reply.headers, ...ids };
  if (!isGenerated(request)) return { ...reply, headers };
  // What such a client reads is the message that it also sends.
  const data = Buffer.from(reply.body as string).toString("base64");
  const body = JSON.stringify({ contentType: reply.headers["content-type"], data });
  return { status: reply.status, headers: { ...headers, "content-type": "application/json" }, body };
}

const isGenerated = ({ headers }: HttpRequest) => /\brest\//.test(headers["x-goog-api-client"] ?? "");

function unwrapped(request: HttpRequest): HttpRequest {
  const value = parseJson(request.body) as {
    readonly httpBody?: { readonly contentType?: Json; readonly data?: Json };
  };
  const { contentType = "", data } = value.httpBody ?? {};
  if (typeof data !== "string" || typeof contentType !== "string") {
    throw new PlatformError("invalid_argument", "httpBody has no data", {
      field: "httpBody.data",
      expected: "base64",
    });
  }
  const { method, path, params, query, context } = request;
  const headers = { ...request.headers, "content-type": contentType };
  return { method, path, params, query, context, headers, body: decodeBase64(data, "httpBody.data").bytes };
}

function json(status: number, value: object): HttpReply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

const NAMES: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
};

/** @see google.rpc.Status, as JSON. */
function failure(thrown: unknown, { unrouted }: FailedRequest): HttpReply {
  const error = PlatformError.from(thrown);
  const code = unrouted ?? STATUS[error.code].http;
  const name = error.code === "too_large" ? "INVALID_ARGUMENT" : error.code.toUpperCase();
  return json(code, {
    error: { code, message: error.message, status: unrouted ? (NAMES[unrouted] ?? "NOT_FOUND") : name },
  });
}
