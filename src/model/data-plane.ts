import type { Deadline, Json } from "../base/index.ts";
import type { Tensors } from "../tensor/index.ts";
import type { Caller } from "./caller.ts";

/** One picture, sound or text as the client sent it: one row of the request. */
export interface Content {
  /** Lower case, without parameters, such as "image/png"; "" if the client said none. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/**
 * What a client sends. Tensors go to the model as they are; rows and contents are prepared by
 * what the version's signature and manifest say (`prepare/`).
 */
export type Payload =
  | { readonly kind: "tensors"; readonly tensors: Tensors }
  /**
   * Objects by column name, or arrays in column order. With `cells: "text"` every value is text, as
   * in CSV: numbers and booleans are read from it, and an empty cell is a missing value.
   */
  | { readonly kind: "rows"; readonly rows: readonly Json[]; readonly cells?: "text" }
  /** Nested arrays by input name, whose dtypes the signature gives. */
  | { readonly kind: "arrays"; readonly arrays: ReadonlyMap<string, Json> }
  | { readonly kind: "contents"; readonly contents: readonly Content[] };

export interface PredictRequest {
  /** A model or endpoint; "churn@challenger" and "churn@7" name an alias or a version of a model. */
  readonly model: string;
  /** Undefined: the version that answers for the model. */
  readonly version?: number;
  /** Variant of an endpoint that the caller names, on wires where every caller may. */
  readonly variant?: string;
  readonly payload: Payload;
  /** Names of the outputs wanted; undefined: all. */
  readonly outputs?: readonly string[];
}

/** Everything about a request that is not its data. One per request, made by the server. */
export interface RequestContext {
  readonly requestId: string;
  /** Ends by time, when the client is gone, or when the server stops. */
  readonly deadline: Deadline;
  readonly caller: Caller;
  /** 0 is the default; larger is served first. */
  readonly priority: number;
  /** Parameters of the wire that the model may see. */
  readonly parameters: ReadonlyMap<string, string | number | bigint | boolean>;
  /** W3C `traceparent` of this request. */
  readonly trace: string;
  /** Makes a split of variants sticky; falls back to the request id, never to "". */
  readonly splitKey: string;
  /** Headers or metadata of the request, lower-cased: an endpoint may split by one of them. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** How many pipelines it went through; undefined: a client sent it. */
  readonly depth?: number;
}

/** Where the time of one request went, and what it cost. */
export interface Timing {
  /** From arrival at the scheduler to the start of its (last) batch, in microseconds. */
  readonly queueUs: number;
  /** Wall time of the run, in microseconds. */
  readonly computeUs: number;
  /** This request's share of the CPU time of its batches, in microseconds. */
  readonly cpuUs: number;
  /** Rows of the largest batch it was part of. */
  readonly batchRows: number;
  /** Bills of the requests to other models that this one needed, in microseconds of CPU; undefined: none. */
  readonly billedUs?: number;
}

export interface PredictResponse {
  /** The model that answered, which is not the name asked where an endpoint was. */
  readonly model: string;
  /** The version that answered. */
  readonly version: number;
  /** The variant of an endpoint that answered, if an endpoint was asked. */
  readonly variant?: string;
  readonly outputs: Tensors;
  /** One entry per row for people: labels, probabilities, texts; set for payloads that were prepared. */
  readonly predictions?: readonly Json[];
  /** What was accepted and may not be meant, such as an unknown category; set for payloads that were prepared. */
  readonly warnings?: readonly string[];
  readonly timing: Timing;
  /** The bill: CPU time of its share of runs plus its share of everything else the server did, in microseconds. */
  readonly costUs: number;
}

/** What any protocol may ask for a prediction. */
export interface DataPlane {
  /** @throws PlatformError as its code says; never anything else. */
  predict(request: PredictRequest, context: RequestContext): Promise<PredictResponse>;
  /** Answers part by part, for models that answer more than once; others give one part. */
  stream(request: PredictRequest, context: RequestContext): AsyncIterable<PredictResponse>;
}
