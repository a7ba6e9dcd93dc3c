import { linesOf } from "./lines.ts";
import type { Send } from "./transport.ts";

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
  /** Keeps a caller on one variant of an endpoint. */
  readonly splitKey?: string;
  /** Picks a variant of an endpoint, for tests. */
  readonly variant?: string;
  readonly requestId?: string;
  readonly signal?: AbortSignal;
}

/** Native prediction of rows or columns. */
export async function predict(
  send: Send,
  model: string,
  request: NativeRequest,
  options: PredictOptions = {},
): Promise<PredictAnswer> {
  return ask(send, model, new Blob([JSON.stringify(request)], { type: "application/json" }), options);
}

/** Native prediction of one file; a Blob without a type is sent as bytes. */
export async function predictFile(
  send: Send,
  model: string,
  file: Blob,
  options: PredictOptions = {},
): Promise<PredictAnswer> {
  return ask(send, model, file, options);
}

async function ask(send: Send, model: string, body: Blob, options: PredictOptions): Promise<PredictAnswer> {
  const reply = await send({
    method: "POST",
    path: `/predict/${encodeURIComponent(model)}`,
    headers: {
      accept: "application/json",
      "content-type": body.type || "application/octet-stream",
      ...headersOf(options),
    },
    body,
    isRepeatable: true,
    signal: options.signal,
  });
  const variant = reply.headers.get("x-sirve-variant");
  const answer = (await reply.json()) as PredictAnswer;
  return variant === null ? answer : { ...answer, variant };
}

/** Answers to rows, one line each, as they come. */
export async function* predictStream(
  send: Send,
  model: string,
  rows: Iterable<object>,
  options: PredictOptions = {},
): AsyncGenerator {
  const body = new Blob([...rows].map((row) => `${JSON.stringify(row)}\n`));
  const reply = await send({
    method: "POST",
    path: `/predict/${encodeURIComponent(model)}`,
    headers: {
      accept: "application/x-ndjson",
      "content-type": "application/x-ndjson",
      ...headersOf(options),
    },
    body,
    isRepeatable: true,
    isEndless: true,
    signal: options.signal,
  });
  for await (const line of linesOf(reply.body)) {
    if (line !== "") yield JSON.parse(line);
  }
}

/** The headers that endpoints and logs read. */
export function headersOf({ splitKey, variant, requestId }: PredictOptions): Record<string, string> {
  return {
    ...(splitKey !== undefined && { "x-split-key": splitKey }),
    ...(variant !== undefined && { "x-sirve-variant": variant }),
    ...(requestId !== undefined && { "x-request-id": requestId }),
  };
}
