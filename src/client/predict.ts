import { parsed } from "./answer.ts";
import { jsonText } from "./json-text.ts";
import { linesOf } from "./lines.ts";
import { bodyOfRequest, type NativeRequest } from "./native-request.ts";
import type { Transport } from "./transport.ts";

/** What a prediction answers, with predictions of type `P`; the rest depends on the model. */
export interface PredictAnswer<P = unknown> {
  readonly model: string;
  readonly version: number;
  /** The variant, if an endpoint answered. */
  readonly variant?: string;
  readonly predictions?: readonly P[];
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
export async function predict<P>(
  transport: Transport,
  model: string,
  request: NativeRequest,
  options: PredictOptions = {},
): Promise<PredictAnswer<P>> {
  return predictFile(transport, model, bodyOfRequest(request), options);
}

/** Native prediction of one file; a Blob without a type is sent as bytes. */
export async function predictFile<P>(
  { ask }: Transport,
  model: string,
  file: Blob,
  options: PredictOptions = {},
): Promise<PredictAnswer<P>> {
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
  const prediction = answer.json() as PredictAnswer<P>;
  return variant === null ? prediction : { ...prediction, variant };
}

const NDJSON = "application/x-ndjson";

/** Rows that are there, that are still being made, or lines of JSON. */
export type StreamRows = Iterable<object> | AsyncIterable<object> | Blob;

/** The answer to one row: its prediction, or why there is none. */
export interface StreamAnswer<P = unknown> extends Partial<PredictAnswer<P>> {
  /** From 1. */
  readonly line?: number;
  readonly error?: { readonly code: string; readonly detail: string; readonly [field: string]: unknown };
}

/** Answers to rows, one for each, in order, as they come. Rows that are still being made are not repeated. */
export async function* predictStream<P>(
  { open, parseJson }: Transport,
  model: string,
  rows: StreamRows,
  options: PredictOptions = {},
): AsyncGenerator<StreamAnswer<P>> {
  const path = `/predict/${pathOfModel(model, options)}`;
  const reply = await open({
    method: "POST",
    path,
    headers: { accept: NDJSON, "content-type": NDJSON, ...headersOf(options) },
    body: bodyOf(rows),
    isRepeatable: !isMaking(rows),
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  for await (const line of linesOf(reply.body, options.signal)) {
    if (line !== "") yield parsed(line, parseJson, { status: reply.status, path }) as StreamAnswer<P>;
  }
}

const isMaking = (rows: StreamRows) => Symbol.asyncIterator in rows;

function bodyOf(rows: StreamRows): Blob | ReadableStream<Uint8Array> {
  if (rows instanceof Blob) return rows;
  if (Symbol.iterator in rows) return new Blob([...rows].map(lineOf));
  const iterator = rows[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(lineOf(value)));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

const lineOf = (row: object) => `${jsonText(row)}\n`;

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
