import type { Answer, Call, OperationId, Operations } from "../admin/index.ts";
import { ROUTES, type Route } from "./routes.ts";
import type { Transport } from "./transport.ts";

/** Operations whose bodies are no JSON; the client has methods of its own for them. */
type RawId = "upload" | "uploadStatus" | "downloadFile" | "backup" | "events" | "runLoadTest";

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
  /** Only if there is no such record yet. */
  readonly ifNew?: boolean;
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
  const answer = await ask({
    method: route.method,
    path: pathOf(route.path, params) + queryOf(query),
    headers: headersOf(hasBody, options, key),
    body: hasBody ? JSON.stringify(body ?? {}) : undefined,
    isRepeatable: key !== undefined || isSafeAgain(route, options),
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  return answer.bytes.length === 0 ? {} : answer.json();
}

/** After a conditional change that was not heard of, a repetition would be told that it came too late. */
function isSafeAgain({ method }: Route, { ifMatch, ifNew }: CallOptions): boolean {
  return method === "GET" || (method === "PUT" && ifMatch === undefined && ifNew !== true);
}

function headersOf(hasBody: boolean, { ifMatch, ifNew }: CallOptions, key?: string): Record<string, string> {
  return {
    ...(hasBody && { "content-type": "application/json" }),
    ...(ifMatch !== undefined && { "if-match": `"${ifMatch}"` }),
    ...(ifNew === true && { "if-none-match": "*" }),
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
