import type { HttpReply, HttpRequest, HttpRoute } from "../contract.ts";
import { refuse } from "./refusal.ts";
import { jsonReply } from "./rest-reply.ts";
import { regionNotFound, sharedMemoryDisabled } from "./shared-memory.ts";

/** Parts of the protocol that this server does not have; each says so in the contract's words. */
export function unsupportedRoutes(): HttpRoute[] {
  return [
    ...sharedMemoryRoutes("/v2/systemsharedmemory", "system "),
    ...sharedMemoryRoutes("/v2/cudasharedmemory", "cuda "),
    ...both("/v2/trace/setting", noTracing),
    ...both("/v2/models/{model}/trace/setting", noTracing),
    ...both("/v2/logging", noLogging),
    ...["/v2/models/{model}", "/v2/models/{model}/versions/{version}"].flatMap((path) => [
      route("POST", `${path}/generate`, noGenerate),
      route("POST", `${path}/generate_stream`, noGenerate),
    ]),
  ];
}

/** No region is ever registered, so status has nothing to list and registering is refused. */
function sharedMemoryRoutes(path: string, kind: "system " | "cuda "): HttpRoute[] {
  const disabled = () => {
    throw sharedMemoryDisabled();
  };
  return [
    route("GET", `${path}/status`, () => jsonReply([])),
    route("GET", `${path}/region/{region}/status`, ({ params }) => {
      throw regionNotFound(params["region"] ?? "", kind);
    }),
    route("POST", `${path}/register`, disabled),
    route("POST", `${path}/region/{region}/register`, disabled),
    route("POST", `${path}/unregister`, disabled),
    route("POST", `${path}/region/{region}/unregister`, disabled),
  ];
}

function both(path: string, reply: (request: HttpRequest) => HttpReply): HttpRoute[] {
  return [route("GET", path, reply), route("POST", path, reply)];
}

function route(method: string, path: string, reply: (request: HttpRequest) => HttpReply): HttpRoute {
  return { method, path, access: "viewer", handle: async (request) => reply(request) };
}

function noTracing(): never {
  throw refuse("unavailable", "the server does not support tracing", {
    hint: "Traces are exported over OTLP; see telemetry.otlpEndpoint.",
  });
}

function noLogging(): never {
  throw refuse("unavailable", "the server does not support dynamic logging", {
    hint: "The level is the setting log.level.",
  });
}

function noGenerate(): never {
  throw refuse("unimplemented", "the generate extension is not supported", { hint: "Use infer." });
}
