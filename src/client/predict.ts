import { parsed } from "./answer.ts";
import { linesOf } from "./lines.ts";
import type { Transport } from "./transport.ts";

/** Rows by column name, or columns. */
export type NativeRequest =
  | { readonly rows: readonly object[] }
  | { readonly columns: Readonly<Record<string, readonly unknown[]>> };

/** What a prediction answers; the rest depends on the model. */
export interface PredictAnswer {
  readonly model: string;
  readonly version: number;
  /** The variant, if an endpoint answered. */
  readonly variant?: string;
  readonly predictions?: readonly unknown[];
  readonly [field: string]: unknown;
}

/** What a prediction may say besides. */
export interface PredictOptions {
  /** This version, as "churn@7" says too; else the one that the name answers with. */
  readonly version?: number | undefined;
  /** Keeps a caller on one variant of an endpoint. */
  readonly splitKey?: string | undefined;
  /** Picks a variant of an endpoint, for tests. */
  readonly variant?: string | undefined;
  readonly requestId?: string | undefined;
  /** Longest wait for this call with its retries, in milliseconds; the server stops working on it then too. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Native prediction of rows or columns. */
export async function predict(
  transport: Transport,
  model: string,
  request: NativeRequest,
  options: PredictOptions = {},
): Promise<PredictAnswer> {
  const body = new Blob([JSON.stringify(request)], { type: "application/json" });
  return predictFile(transport, model, body, options);
}

/** Native prediction of one file; a Blob without a type is sent as bytes. */
export async function predictFile(
  { ask }: Transport,
  model: string,
  file: Blob,
  options: PredictOptions = {},
): Promise<PredictAnswer> {
  const answer = await ask({
    method: "POST",
    path: `/predict/${pathOfModel(model, options)}`,
    headers: {
      accept: "application/json",
      "content-type": file.type || "application/octet-stream",
      ...headersOf(options),
    },
    body: file,
    isRepeatable: true,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  const variant = answer.headers.get("x-sirve-variant");
  const prediction = answer.json() as PredictAnswer;
  return variant === null ? prediction : { ...prediction, variant };
}

const NDJSON = "application/x-ndjson";

/** Answers to rows, or to ready lines of JSON, one for each, as they come. */
export async function* predictStream(
  { open, parseJson }: Transport,
  model: string,
  rows: Iterable<object> | Blob,
  options: PredictOptions = {},
): AsyncGenerator {
  const path = `/predict/${pathOfModel(model, options)}`;
  const reply = await open({
    method: "POST",
    path,
    headers: { accept: NDJSON, "content-type": NDJSON, ...headersOf(options) },
    body: rows instanceof Blob ? rows : new Blob([...rows].map((row) => `${JSON.stringify(row)}\n`)),
    isRepeatable: true,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  for await (const line of linesOf(reply.body, options.signal)) {
    if (line !== "") yield parsed(line, parseJson, { status: reply.status, path });
  }
}

/** "churn", or "churn/versions/7". */
export function pathOfModel(model: string, { version }: PredictOptions): string {
  const name = encodeURIComponent(model);
  return version === undefined ? name : `${name}/versions/${version}`;
}

/** The headers that endpoints and logs read. */
export function headersOf({ splitKey, variant, requestId }: PredictOptions): Record<string, string> {
  return {
    ...(splitKey !== undefined && { "x-split-key": splitKey }),
    ...(variant !== undefined && { "x-sirve-variant": variant }),
    ...(requestId !== undefined && { "x-request-id": requestId }),
  };
}
