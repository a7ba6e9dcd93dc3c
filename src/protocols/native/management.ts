import {
  type ControlPlane,
  type ModelStatus,
  modelNotFound,
  type VersionDescription,
} from "../../model/index.ts";
import type { HttpReply, HttpRequest, HttpRoute, Planes } from "../contract.ts";
import { describeColumns, describeIfReady, describeTensor } from "./describe.ts";
import { versionOf } from "./predict-request.ts";

const MODELS = "/api/v1/models";

/** The management routes under /api/v1. */
export function managementRoutes({ control }: Planes): HttpRoute[] {
  const show = async ({ params, context }: HttpRequest) =>
    json(showModel(control(context.caller), nameOf(params), versionOf(params["version"])));
  const load = async ({ params, query, context }: HttpRequest) =>
    json(await control(context.caller).load(nameOf(params), askedVersion(params, query)));
  const unload = async ({ params, query, context }: HttpRequest) => {
    const model = nameOf(params);
    await control(context.caller).unload(model, askedVersion(params, query));
    return json(control(context.caller).find(model) ?? { model, versions: [] });
  };
  const statistics = async ({ params, context }: HttpRequest) =>
    json({ versions: control(context.caller).statistics(params["model"], versionOf(params["version"])) });
  const one = `${MODELS}/{model}`;
  const version = `${one}/versions/{version}`;
  return [
    {
      method: "GET",
      path: MODELS,
      access: "viewer",
      handle: async ({ context }) => {
        const seen = control(context.caller);
        return json({ ready: seen.isReady(), models: seen.list() });
      },
    },
    { method: "GET", path: "/api/v1/statistics", access: "viewer", handle: statistics },
    ...[one, version].flatMap((path): HttpRoute[] => [
      { method: "GET", path, access: "viewer", handle: show },
      { method: "GET", path: `${path}/statistics`, access: "viewer", handle: statistics },
      { method: "POST", path: `${path}/load`, access: "releaser", handle: load },
      { method: "POST", path: `${path}/unload`, access: "releaser", handle: unload },
    ]),
  ];
}

const nameOf = (params: HttpRequest["params"]) => params["model"] ?? "";

function askedVersion(params: HttpRequest["params"], query: URLSearchParams): number | undefined {
  return versionOf(params["version"] ?? query.get("version") ?? undefined);
}

/** A model with what its serving version (or the one asked for) takes and gives. */
function showModel(control: ControlPlane, model: string, version: number | undefined): object {
  const status = control.find(model);
  if (!status) throw modelNotFound(model);
  const shown = version === undefined ? status : { ...status, versions: [versionStatus(status, version)] };
  const description = describeIfReady(control, model, version);
  return { ...shown, ...(description && { description: describe(description) }) };
}

function versionStatus(status: ModelStatus, version: number): ModelStatus["versions"][number] {
  const found = status.versions.find((candidate) => candidate.version === version);
  if (!found) throw modelNotFound(status.model, version);
  return found;
}

function describe({ status, signature, manifest }: VersionDescription): object {
  const [first] = manifest.inputPreparation;
  return {
    version: status.version,
    text: manifest.description,
    inputs: signature.inputs.map(describeTensor),
    outputs: signature.outputs.map(describeTensor),
    ...describeColumns(signature, manifest),
    ...(manifest.labels.length > 0 && { labels: manifest.labels }),
    ...(first && { takes: first.name === "tokenize" ? "text" : first.name }),
    licence: manifest.licence,
    origin: manifest.origin,
  };
}

/** An answer of the management routes. */
export function json(value: object): HttpReply {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
