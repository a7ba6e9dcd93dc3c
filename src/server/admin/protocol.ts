import { type Operation, type OperationId, operations } from "../../admin/index.ts";
import { PlatformError } from "../../base/index.ts";
import { modelNotFound } from "../../model/index.ts";
import {
  type HttpProtocol,
  type HttpReply,
  type HttpRequest,
  type HttpRoute,
  problemReply,
} from "../../protocols/index.ts";
import type { AdminRequest, Handlers, Outcome } from "./contract.ts";
import { MAX_JSON_BYTES } from "./json-body.ts";
import { readPrecondition } from "./precondition.ts";
import { readCall } from "./read-call.ts";
import { entryOf, type Replays } from "./replays.ts";
import { isReply, NO_STORE, outcomeReply } from "./reply.ts";

export interface AdminOptions {
  readonly handlers: Handlers;
  /** Whether there is a registry; else the server serves a folder. */
  readonly isRegistry: boolean;
  /** Missing where there is no registry. */
  readonly replays: Replays | undefined;
  /** Largest file that may be uploaded. */
  readonly maxUploadBytes: number;
  /** The server's own limit of a body, which the one here does not exceed. */
  readonly maxBodyBytes: number;
  /** Routes under /api/v1 that are no operations: browsers go there, not programs. */
  readonly pages: readonly HttpRoute[];
  /** Called after each change. */
  readonly onChange?: () => void;
}

/** A handler whose input is not known any more: it was checked by the operation that it belongs to. */
type AnyHandler = (input: unknown, request: AdminRequest) => Promise<Outcome<unknown> | HttpReply>;

/** What loads a version before it is answered may take this long, in milliseconds. */
const SLOW_MS = 600_000;
const SLOW: ReadonlySet<OperationId> = new Set([
  "addVersion",
  "promote",
  "rollback",
  "checkVersion",
  "runLoadTest",
]);

/** The management API under /api/v1: a route for each operation of the table. */
export function adminProtocol(options: AdminOptions): HttpProtocol {
  const ids = Object.keys(operations) as OperationId[];
  return {
    name: "admin",
    prefixes: ["/api/v1"],
    routes: [...ids.map((id) => routeOf(id, options)), ...options.pages],
    failure: (thrown, request) => {
      const reply = problemReply(thrown, request);
      return { ...reply, headers: { ...reply.headers, ...NO_STORE } };
    },
  };
}

function routeOf(id: OperationId, options: AdminOptions): HttpRoute {
  const operation: Operation = operations[id];
  const { method, path, role, raw } = operation;
  const answer = answering(id, operation, options);
  const takesJson = raw === "events" && method === "POST";
  const maxJson = Math.min(MAX_JSON_BYTES, options.maxBodyBytes);
  return {
    method,
    path,
    access: role,
    maxBytes: raw === "bytes-in" ? options.maxUploadBytes : maxJson,
    ...(raw !== undefined && !takesJson && { body: "stream" }),
    ...(raw === "bytes-in" && { isPaced: true }),
    ...(SLOW.has(id) && { maxMs: SLOW_MS }),
    handle: answer,
  };
}

function answering(id: OperationId, operation: Operation, options: AdminOptions): HttpRoute["handle"] {
  const handler = options.handlers[id] as AnyHandler;
  const changes = operation.method !== "GET" && operation.method !== "HEAD";
  return async (http) => {
    const input = readCall(operation, http);
    if (operation.needsRegistry && !options.isRegistry) throw registryNeeded(operation);
    checkNames(input.params, http);
    const request = requestOf(http);
    const answer = async () => {
      const given = await handler(input, request);
      if (changes) options.onChange?.();
      return isReply(given) ? given : outcomeReply(operation, given);
    };
    if (!operation.takesIdempotencyKey || !options.replays) return await answer();
    return await options.replays.once(id, input, http, answer);
  };
}

function requestOf(http: HttpRequest): AdminRequest {
  const { caller, requestId } = http.context;
  const key = http.headers["idempotency-key"];
  return {
    caller,
    actor: { id: caller.id, requestId, ...(key !== undefined && { once: entryOf(caller.id, key) }) },
    precondition: readPrecondition(http.headers),
    http,
  };
}

/** A model that the caller may not use does not exist for it, whatever the server has checked before. */
function checkNames(params: unknown, { context: { caller } }: HttpRequest): void {
  const { model, endpoint } = params as { readonly model?: string; readonly endpoint?: string };
  const name = model ?? endpoint;
  if (name !== undefined && !caller.mayUse(name)) throw modelNotFound(name);
}

function registryNeeded({ method, path }: Operation): PlatformError {
  return new PlatformError(
    "failed_precondition",
    `${method} ${path} needs a registry; this server serves a folder`,
    {
      field: "--data",
      got: "a folder of models",
      expected: "a registry",
      hint: "start the server with sirve serve --data DIR",
    },
  );
}
