import { PlatformError, STATUS } from "../../base/index.ts";
import { type ControlPlane, isAliasName, modelNotFound, type PredictResponse } from "../../model/index.ts";
import { answeredBy } from "../answered-by.ts";
import type { FailedRequest, HttpProtocol, HttpReply, HttpRequest, HttpRoute, Planes } from "../contract.ts";
import { serverTiming, tenths } from "../spent.ts";
import { decodePredictBody } from "./decode.ts";
import { metadataAnswer, statusAnswer } from "./describe.ts";
import { encodePredictions } from "./encode.ts";
import { decodeExamples, encodeClassification, encodeRegression } from "./examples.ts";

/**
 * TensorFlow Serving's REST API, and of KServe's V1 protocol what it shares with it. A label is an alias.
 *
 * @see tensorflow/serving, g3doc/api_rest.md.
 */
export function tfServingRest(planes: Planes): HttpProtocol {
  const models = ["", "/versions/{version}", "/labels/{label}"].map((part) => `/v1/models/{model}${part}`);
  return {
    name: "tensorflow-serving-rest",
    prefixes: ["/v1/models"],
    routes: [
      get("/v1/models", async ({ context }) => {
        return json({
          models: planes
            .control(context.caller)
            .list()
            .map(({ model }) => model),
        });
      }),
      ...models.flatMap((path): HttpRoute[] => [
        get(path, async (request) => status(planes, request)),
        get(`${path}/metadata`, async (request) => metadata(planes, request)),
        post(`${path}:predict`, async (request) => predict(planes, request)),
        post(`${path}:classify`, async (request) => classify(planes, request)),
        post(`${path}:regress`, async (request) => regress(planes, request)),
      ]),
    ],
    failure,
  };
}

const get = (path: string, handle: HttpRoute["handle"]): HttpRoute => ({
  method: "GET",
  path,
  access: "viewer",
  handle,
});
const post = (path: string, handle: HttpRoute["handle"]): HttpRoute => ({
  method: "POST",
  path,
  access: "predictor",
  handle,
});

/** What a path names. */
interface Target {
  /** A model, or with a label "model@label". */
  readonly model: string;
  readonly version?: number;
}

function targetOf({ params }: HttpRequest): Target {
  const { model = "", version, label } = params;
  if (label !== undefined) {
    if (isAliasName(label)) return { model: `${model}@${label}` };
    throw new PlatformError(
      "invalid_argument",
      `Unrecognized servable version label: ${label.slice(0, 100)}`,
      {
        field: "label",
      },
    );
  }
  if (version === undefined) return { model };
  if (/^[0-9]{1,15}$/.test(version)) return { model, version: Number(version) };
  throw new PlatformError(
    "invalid_argument",
    `Failed to convert version: ${version.slice(0, 40)} to numeric.`,
    {
      field: "version",
    },
  );
}

async function predict(planes: Planes, request: HttpRequest): Promise<HttpReply> {
  const target = targetOf(request);
  const { signature } = described(planes.control(request.context.caller), target);
  const { payload, form } = decodePredictBody(request.body, signature);
  const response = await ask(planes, { ...target, payload }, request);
  return answered(response, encodePredictions(response.outputs, form));
}

async function classify(planes: Planes, request: HttpRequest): Promise<HttpReply> {
  const target = targetOf(request);
  const { signature, manifest } = described(planes.control(request.context.caller), target);
  const response = await ask(planes, { ...target, payload: decodeExamples(request.body) }, request);
  return answered(response, encodeClassification(response.outputs, signature, manifest.labels));
}

async function regress(planes: Planes, request: HttpRequest): Promise<HttpReply> {
  const response = await ask(
    planes,
    { ...targetOf(request), payload: decodeExamples(request.body) },
    request,
  );
  return answered(response, encodeRegression(response.outputs));
}

async function status(planes: Planes, request: HttpRequest): Promise<HttpReply> {
  const { model, version } = targetOf(request);
  const found = planes.control(request.context.caller).find(model);
  if (!found) {
    throw new PlatformError("not_found", `Could not find any versions of model ${model}`, { field: "model" });
  }
  const versions = found.versions.filter((one) => version === undefined || one.version === version);
  if (versions.length > 0) return json(statusAnswer(found, versions));
  throw new PlatformError("not_found", `Could not find version ${version} of model ${model}`, {
    field: "version",
  });
}

async function metadata(planes: Planes, request: HttpRequest): Promise<HttpReply> {
  const target = targetOf(request);
  return json(metadataAnswer(target.model, described(planes.control(request.context.caller), target)));
}

function described(control: ControlPlane, { model, version }: Target) {
  try {
    return control.describe(model, version);
  } catch (thrown) {
    throw asServable(thrown, { model, ...(version !== undefined && { version }) });
  }
}

async function ask(
  { data }: Planes,
  request: Parameters<Planes["data"]["predict"]>[0],
  { context }: HttpRequest,
): Promise<PredictResponse> {
  try {
    return await data.predict(request, context);
  } catch (thrown) {
    throw asServable(thrown, request);
  }
}

/** An unknown model in the words that clients look for. */
function asServable(thrown: unknown, { model, version }: Target): PlatformError {
  const error = PlatformError.from(thrown);
  if (error.code !== "not_found") return error;
  const what = version === undefined ? `Latest(${model})` : `Specific(${model}, ${version})`;
  return new PlatformError("not_found", `Servable not found for request: ${what}`, {
    ...error.details,
    cause: modelNotFound(model),
  });
}

function answered(response: PredictResponse, body: string): HttpReply {
  const headers = {
    "content-type": "application/json",
    ...answeredBy(response),
    "server-timing": serverTiming(response.timing),
    "x-sirve-cost-us": String(tenths(response.costUs)),
  };
  return { status: 200, headers, body };
}

function json(value: object, code = 200): HttpReply {
  const headers = { "content-type": "application/json" };
  return { status: code, headers, body: `${JSON.stringify(value, undefined, 4)}\n` };
}

function failure(thrown: unknown, { path, unrouted }: FailedRequest): HttpReply {
  if (unrouted !== undefined) return json({ error: `Malformed request: ${path.slice(0, 256)}` }, 400);
  const error = PlatformError.from(thrown);
  const { http, retry } = STATUS[error.code];
  const reply = json({ error: error.message }, http);
  if (!retry) return reply;
  const seconds = Math.max(1, Math.ceil((error.details.retryAfterMs ?? 1000) / 1000));
  return { ...reply, headers: { ...reply.headers, "retry-after": String(seconds) } };
}
