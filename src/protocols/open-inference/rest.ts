import { PlatformError } from "../../base/index.ts";
import type { Access, ControlPlane } from "../../model/index.ts";
import type { FailedRequest, HttpProtocol, HttpReply, HttpRequest, HttpRoute, Planes } from "../contract.ts";
import { JSON_LENGTH_HEADER } from "./binary-extension.ts";
import type { Target } from "./decode-json.ts";
import { bodyTooLarge } from "./limits.ts";
import { describe, EXTENSIONS, isModelReady, modelMetadata, SERVER_NAME } from "./metadata.ts";
import { modelConfig } from "./model-config.ts";
import { refuse } from "./refusal.ts";
import { type RestSettings, restInfer } from "./rest-infer.ts";
import { errorReply, jsonReply } from "./rest-reply.ts";
import { repositoryRoutes } from "./rest-repository.ts";
import { unsupportedRoutes } from "./rest-unsupported.ts";
import { statisticsOf } from "./statistics.ts";

/** What both wires of the protocol are made with. */
export interface OpenInferenceOptions extends RestSettings {
  /** Version of the server, for its metadata. */
  readonly version: string;
}

/** The Open Inference Protocol, V2, over HTTP, in the dialect that the stock clients speak. */
export function openInferenceRest(planes: Planes, options: OpenInferenceOptions): HttpProtocol {
  return {
    name: "open-inference-rest",
    prefixes: ["/v2"],
    routes: [
      ...serverRoutes(planes, options),
      ...modelRoutes(planes, options),
      ...repositoryRoutes(planes),
      ...unsupportedRoutes(),
    ],
    failure: (thrown, request) => failure(thrown, request, options),
  };
}

function failure(
  thrown: unknown,
  { unrouted }: FailedRequest,
  { maxBodyBytes }: OpenInferenceOptions,
): HttpReply {
  if (unrouted === 404) return jsonReply({ error: "Not Found" }, 404);
  if (unrouted === 405) return jsonReply({ error: "Method Not Allowed" }, 405);
  return errorReply(isServersLimit(thrown) ? bodyTooLarge(maxBodyBytes) : thrown);
}

/** Whether the server refused a body by its size, before this wire saw it, in words that are not the contract's. */
function isServersLimit(thrown: unknown): boolean {
  return (
    thrown instanceof PlatformError &&
    thrown.code === "too_large" &&
    thrown.details.field === "body" &&
    thrown.message.startsWith("the body ")
  );
}

function serverRoutes(planes: Planes, { version }: OpenInferenceOptions): HttpRoute[] {
  const metadata = { name: SERVER_NAME, version, extensions: EXTENSIONS };
  const get = getRoutes(planes);
  return [
    get("/v2", "public", () => jsonReply(metadata)),
    get("/v2/", "public", () => jsonReply(metadata)),
    get("/v2/health/live", "public", () => jsonReply({ live: true })),
    get("/v2/health/ready", "public", (control) => {
      return control.isReady() ? jsonReply({ ready: true }) : jsonReply({ error: "Server not ready" }, 503);
    }),
    get("/v2/models", "viewer", (control) => {
      return jsonReply({ models: control.list().map(({ model }) => model) });
    }),
    get("/v2/models/stats", "viewer", (control) => jsonReply({ model_stats: statisticsOf(control) })),
  ];
}

function modelRoutes(planes: Planes, options: OpenInferenceOptions): HttpRoute[] {
  const get = getRoutes(planes);
  const infer = async (request: HttpRequest) => await restInfer(planes, options, targetOf(request), request);
  return ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"].flatMap((path) => [
    {
      method: "POST",
      path: `${path}/infer`,
      access: "predictor",
      alignAfter: JSON_LENGTH_HEADER,
      handle: infer,
    } as const,
    get(path, "viewer", (control, { model, version }) => {
      return jsonReply(modelMetadata(control, model, version));
    }),
    get(`${path}/ready`, "viewer", modelReady),
    get(`${path}/config`, "viewer", (control, { model, version }) => {
      return jsonReply(modelConfig(describe(control, model, version)));
    }),
    get(`${path}/stats`, "viewer", (control, { model, version }) => {
      return jsonReply({ model_stats: statisticsOf(control, model, version) });
    }),
  ]);
}

function modelReady(control: ControlPlane, { model, version }: Target): HttpReply {
  const isReady = isModelReady(control, model, version);
  return isReady
    ? jsonReply({ name: model, ready: true })
    : jsonReply({ error: "Model version not ready" }, 503);
}

/** Makes routes that answer from the control plane as their caller may see it. */
function getRoutes(planes: Planes) {
  return (
    path: string,
    access: Access,
    reply: (control: ControlPlane, target: Target) => HttpReply,
  ): HttpRoute => ({
    method: "GET",
    path,
    access,
    handle: async (request) => reply(planes.control(request.context.caller), targetOf(request)),
  });
}

/** The model and version of a path. @throws PlatformError `not_found` for a version that is no number. */
function targetOf({ params }: HttpRequest): Target {
  const text = params["version"];
  const model = params["model"] ?? "";
  if (text === undefined) return { model, version: undefined };
  if (!/^[0-9]{1,15}$/.test(text)) throw refuse("not_found", "Not Found", { field: "version", got: text });
  return { model, version: Number(text) };
}
