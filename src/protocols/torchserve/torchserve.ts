import { type Json, PlatformError, STATUS, writeJson } from "../../base/index.ts";
import { modelNotFound, type PredictResponse, parseVersion } from "../../model/index.ts";
import { plainTensor } from "../../tensor/index.ts";
import { answeredBy } from "../answered-by.ts";
import type { FailedRequest, HttpProtocol, HttpReply, HttpRequest, HttpRoute, Planes } from "../contract.ts";
import { decodePredict } from "../native/decode.ts";

export interface TorchServeOptions {
  readonly maxBodyBytes: number;
}

/** TorchServe's inference API, and of its management API what only looks. @see pytorch/serve, docs/inference_api.md. */
export function torchServe(planes: Planes, options: TorchServeOptions): HttpProtocol {
  const predict: HttpRoute["handle"] = async (request) => answer(planes, options, request);
  const models = async ({ context }: HttpRequest) => {
    const list = planes.control(context.caller).list();
    return json(200, { models: list.map(({ model }) => ({ modelName: model, modelUrl: model })) });
  };
  return {
    name: "torchserve",
    prefixes: ["/predictions", "/models", "/ping"],
    routes: [
      {
        method: "GET",
        path: "/ping",
        access: "public",
        handle: async ({ context }) => {
          const isReady = planes.control(context.caller).isReady();
          return json(isReady ? 200 : 500, { status: isReady ? "Healthy" : "Unhealthy" });
        },
      },
      { method: "*", path: "/predictions/{model}", access: "predictor", handle: predict },
      { method: "*", path: "/predictions/{model}/{version}", access: "predictor", handle: predict },
      { method: "GET", path: "/models", access: "viewer", handle: models },
      {
        method: "GET",
        path: "/models/{model}",
        access: "viewer",
        handle: async (request) => describe(planes, request),
      },
      ...["POST", "PUT", "DELETE"].flatMap((method): HttpRoute[] =>
        ["/models", "/models/{model}"].map((path) => ({
          method,
          path,
          access: "releaser",
          handle: controlRefused,
        })),
      ),
    ],
    failure,
  };
}

async function answer(
  planes: Planes,
  { maxBodyBytes }: TorchServeOptions,
  request: HttpRequest,
): Promise<HttpReply> {
  const { model = "", version: text } = request.params;
  const version = text === undefined ? undefined : parseVersion(text.replace(/\.0$/, ""));
  if (text !== undefined && version === undefined) throw modelNotFound(model);
  const { payload } = await decodePredict(request, maxBodyBytes);
  const asked = { model, payload, ...(version !== undefined && { version }) };
  const response = await planes.data.predict(asked, request.context);
  const { status, headers } = json(200, {});
  return { status, headers: { ...headers, ...answeredBy(response) }, body: writeJson(valueOf(response)) };
}

/** One prediction as itself, several as a list. */
function valueOf({ predictions, outputs }: PredictResponse): Json {
  if (predictions) return predictions.length === 1 ? (predictions[0] ?? null) : predictions;
  const named = [...outputs];
  const [only] = named;
  if (named.length === 1 && only) return plainTensor(only[1]);
  return Object.fromEntries(named.map(([name, tensor]) => [name, plainTensor(tensor)]));
}

async function describe(planes: Planes, { params, context }: HttpRequest): Promise<HttpReply> {
  const name = params["model"] ?? "";
  const found = planes.control(context.caller).find(name);
  if (!found) throw modelNotFound(name);
  const versions = found.versions.map(({ version, state }) => ({
    modelName: found.model,
    modelVersion: String(version),
    runtime: "onnx",
    status: state,
    workers: state === "ready" ? [{ id: "0", status: "READY" }] : [],
  }));
  return json(200, versions);
}

async function controlRefused(): Promise<HttpReply> {
  throw new PlatformError("permission_denied", "Model API disabled", {
    hint: "versions are added by sirve add, or by putting them into the folder of models",
  });
}

function json(status: number, value: object): HttpReply {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value, undefined, 2),
  };
}

const TYPES: Readonly<Record<number, string>> = {
  404: "ModelNotFoundException",
  405: "MethodNotAllowedException",
  503: "ServiceUnavailableException",
};

function failure(thrown: unknown, { unrouted }: FailedRequest): HttpReply {
  const error = PlatformError.from(thrown);
  const code = error.message === "Model API disabled" ? 405 : (unrouted ?? STATUS[error.code].http);
  const type =
    unrouted === 404
      ? "ResourceNotFoundException"
      : (TYPES[code] ?? (code < 500 ? "BadRequestException" : "InternalServerException"));
  return json(code, { code, type, message: error.message });
}
