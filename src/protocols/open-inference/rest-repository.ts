import { parseJson } from "../../base/index.ts";
import type { Access } from "../../model/index.ts";
import type { HttpRequest, HttpRoute, Planes } from "../contract.ts";
import { parseFailure } from "./decode-json.ts";
import { asObject, isJsonObject, type JsonObject } from "./json-fields.ts";
import { bodyFault, jsonFault, refuse } from "./refusal.ts";
import {
  checkLoadParameter,
  loadModel,
  repositoryIndex,
  repositoryNameRefused,
  unloadModel,
} from "./repository.ts";
import { emptyReply, jsonReply } from "./rest-reply.ts";

/** `/v2/repository/…`: what the server has, and loading and unloading by request. */
export function repositoryRoutes({ control }: Planes): HttpRoute[] {
  const index: HttpRoute["handle"] = async ({ body, context }) => {
    const { ready } = decodeBody(body);
    if (ready !== undefined && typeof ready !== "boolean") {
      throw refuse("invalid_argument", "Invalid value for 'ready': expected a boolean", { field: "ready" });
    }
    return jsonReply(repositoryIndex(control(context.caller), ready ?? false));
  };
  const refuseName: HttpRoute["handle"] = async () => {
    throw repositoryNameRefused();
  };
  return [
    // The stock client sends neither body nor length with an index call.
    post("/v2/repository/index", index, "viewer"),
    post("/v2/repository/{repository}/index", index, "viewer"),
    post("/v2/repository/{repository}/models/{model}/load", refuseName),
    post("/v2/repository/{repository}/models/{model}/unload", refuseName),
    post("/v2/repository/models/{model}/load", async (request) => {
      for (const [name, value] of Object.entries(parametersOf(request))) {
        checkLoadParameter(name);
        throw jsonFault("unexpected error on creating Triton parameter", { field: name, got: typeof value });
      }
      await loadModel(control(request.context.caller), request.params["model"] ?? "");
      return emptyReply;
    }),
    post("/v2/repository/models/{model}/unload", async (request) => {
      const { unload_dependents: dependents } = parametersOf(request);
      if (dependents !== undefined && typeof dependents !== "boolean") {
        throw jsonFault("Unable to parse 'unload_dependents': attempt to access JSON non-boolean as boolean");
      }
      await unloadModel(control(request.context.caller), request.params["model"] ?? "");
      return emptyReply;
    }),
  ];
}

function post(path: string, handle: HttpRoute["handle"], access: Access = "releaser"): HttpRoute {
  return { method: "POST", path, access, handle };
}

function parametersOf({ body }: HttpRequest): JsonObject {
  const { parameters } = decodeBody(body);
  return parameters === undefined ? {} : asObject(parameters, "parameters");
}

function decodeBody(body: Uint8Array): JsonObject {
  if (body.length === 0) return {};
  let value: ReturnType<typeof parseJson>;
  try {
    value = parseJson(body);
  } catch (cause) {
    throw parseFailure(cause);
  }
  if (isJsonObject(value)) return value;
  throw bodyFault("expected an object");
}
