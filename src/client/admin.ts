import type { Answer, Call, OperationId, Operations } from "../admin/index.ts";
import { ROUTES, type Route } from "./routes.ts";
import type { Transport } from "./transport.ts";

/** Operations whose bodies are no JSON; the client has methods of its own for them. */
type RawId = "upload" | "uploadStatus" | "downloadFile" | "backup" | "events";

/** Operations with JSON in and out. */
export type JsonId = Exclude<OperationId, RawId>;

// oxlint-disable-next-line no-generated-empty-object-type -- nothing fits T exactly if T needs nothing
type IsOptional<T> = Pick<T, never> extends T ? true : false;

/** What to give: parts without a required field may be left out. */
type Given<C> = { [K in keyof C as IsOptional<C[K]> extends true ? never : K]: C[K] } & {
  [K in keyof C as IsOptional<C[K]> extends true ? K : never]?: C[K];
};

/** What a call may say besides. */
export interface CallOptions {
  /** Only if the record still has this revision. */
  readonly ifMatch?: number;
  /** Chosen by the client for every POST that takes one, unless given. */
  readonly idempotencyKey?: string;
  /** Longest wait for this call with its retries, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Every operation of the management API, typed by the server's own schemas. */
export type AdminClient = {
  readonly [Id in JsonId]: (
    call: Given<Call<Operations[Id]>>,
    options?: CallOptions,
  ) => Promise<Answer<Operations[Id]>>;
};

interface AnyCall {
  readonly params?: object;
  readonly query?: object;
  readonly body?: object;
}

/** The management API of the server behind `transport`. */
export function createAdmin(transport: Transport): AdminClient {
  const entries = Object.entries(ROUTES).map(([id, route]) => [
    id,
    async (call: AnyCall, options?: CallOptions) => perform(transport, route, call, options),
  ]);
  // The table has an entry for every operation, which a test compares with the server's.
  return Object.fromEntries(entries) as AdminClient;
}

async function perform(
  { ask }: Transport,
  route: Route,
  { params = {}, query = {}, body }: AnyCall,
  options: CallOptions = {},
): Promise<unknown> {
  const key = route.isKeyed ? (options.idempotencyKey ?? crypto.randomUUID()) : undefined;
  const hasBody = route.method !== "GET" && route.method !== "DELETE";
  // After a change under If-Match that was not heard of, a repetition would be told that it came too late.
  const isRepeatable = route.method === "PUT" ? options.ifMatch === undefined : route.method === "GET";
  const answer = await ask({
    method: route.method,
    path: pathOf(route.path, params) + queryOf(query),
    headers: headersOf(hasBody, options.ifMatch, key),
    body: hasBody ? JSON.stringify(body ?? {}) : undefined,
    isRepeatable: isRepeatable || key !== undefined,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  return answer.bytes.length === 0 ? {} : answer.json();
}

function headersOf(hasBody: boolean, ifMatch?: number, key?: string): Record<string, string> {
  return {
    ...(hasBody && { "content-type": "application/json" }),
    ...(ifMatch !== undefined && { "if-match": `"${ifMatch}"` }),
    ...(key !== undefined && { "idempotency-key": key }),
  };
}

/** A template such as "/api/v1/models/{model}" with its values. */
export function pathOf(template: string, params: object): string {
  const values = new Map(Object.entries(params).map(([name, value]) => [name, String(value)]));
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ""));
}

/** "?a=1&b=2", or nothing. */
function queryOf(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}
