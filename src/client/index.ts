import type { LoadSample } from "../admin/index.ts";
import { type AdminClient, type CallOptions, createAdmin, pathOf } from "./admin.ts";
import type { Answer } from "./answer.ts";
import type { Exchange } from "./attempt.ts";
import { type EventOptions, events, type ServerEvent } from "./events.ts";
import { type InferAnswer, type InferRequest, infer } from "./infer.ts";
import { type LoadTestEvent, type LoadTestOptions, loadTest } from "./load-test.ts";
import { isReady, type ModelMetadata, metadata, type WaitOptions } from "./metadata.ts";
import type { NativeRequest } from "./native-request.ts";
import {
  type PredictAnswer,
  type PredictOptions,
  predict,
  predictFile,
  predictStream,
  type StreamAnswer,
  type StreamRows,
} from "./predict.ts";
import { type ClientOptions, createTransport } from "./transport.ts";
import { type UploadOptions, type UploadSource, upload } from "./upload.ts";
import { wholeBody } from "./whole-body.ts";

/** A client of one server. It runs in Node and in browsers: fetch and web streams are all it needs. */
export interface SirveClient {
  readonly admin: AdminClient;
  /** Native prediction: rows, or columns. */
  readonly predict: <P = unknown>(
    model: string,
    request: NativeRequest,
    options?: PredictOptions,
  ) => Promise<PredictAnswer<P>>;
  /** One image, sound or text. */
  readonly predictFile: <P = unknown>(
    model: string,
    file: Blob,
    options?: PredictOptions,
  ) => Promise<PredictAnswer<P>>;
  /** Rows in, answers out as they are ready, by NDJSON. */
  readonly predictStream: <P = unknown>(
    model: string,
    rows: StreamRows,
    options?: PredictOptions,
  ) => AsyncGenerator<StreamAnswer<P>>;
  /** Open Inference V2 with binary tensors: typed arrays in and out. */
  readonly infer: (model: string, request: InferRequest, options?: PredictOptions) => Promise<InferAnswer>;
  /** Inputs and outputs of a model, by Open Inference V2. */
  readonly metadata: (model: string, options?: PredictOptions) => Promise<ModelMetadata>;
  /** Whether the server takes requests now. @throws SirveError if none answers. */
  readonly isReady: (options?: WaitOptions) => Promise<boolean>;
  readonly upload: (source: UploadSource, options?: UploadOptions) => Promise<void>;
  /** The bytes of a file of a version. */
  readonly download: (
    model: string,
    version: number,
    file: string,
    options?: WaitOptions,
  ) => Promise<ReadableStream<Uint8Array> | null>;
  /** Everything in one tar archive. */
  readonly backup: (options?: WaitOptions) => Promise<ReadableStream<Uint8Array> | null>;
  /** What each version did in the last `seconds`, at most and unless told 900; oldest first. */
  readonly load: (
    seconds?: number,
    options?: CallOptions,
  ) => Promise<{ readonly intervalMs: number; readonly samples: readonly LoadSample[] }>;
  /** Measures a version under load on the server, on a copy of its own. */
  readonly loadTest: (model: string, options?: LoadTestOptions) => AsyncGenerator<LoadTestEvent>;
  readonly events: (options?: EventOptions) => AsyncGenerator<ServerEvent>;
  /** Anything else that the server answers, with this client's key, retries and deadline. */
  readonly request: (exchange: Exchange) => Promise<Answer>;
}

/** A client of the server at `url`. @throws SirveError `invalid_argument` if that is no HTTP address. */
export function createClient(options: ClientOptions): SirveClient {
  const transport = createTransport(options);
  const bytes = async (path: string, more: WaitOptions = {}) =>
    wholeBody(await transport.open({ method: "GET", path, ...more }));
  const admin = createAdmin(transport);
  return {
    admin,
    predict: async (model, request, more) => predict(transport, model, request, more),
    predictFile: async (model, file, more) => predictFile(transport, model, file, more),
    predictStream: (model, rows, more) => predictStream(transport, model, rows, more),
    infer: async (model, request, more) => infer(transport, model, request, more),
    metadata: async (model, more) => metadata(transport, model, more),
    isReady: async (more) => isReady(transport, more),
    upload: async (source, more) => upload(transport, source, more),
    download: async (model, version, file, more) =>
      bytes(pathOf("/api/v1/models/{model}/versions/{version}/files/{file}", { model, version, file }), more),
    backup: async (more) => bytes("/api/v1/backup", more),
    load: async (seconds, more) => admin.showLoad({ query: { seconds } }, more),
    loadTest: (model, more) => loadTest(transport, model, more),
    events: (more) => events(transport, more),
    request: async (exchange) => transport.ask(exchange),
  };
}

export type { LoadSample, LoadTestProgress, LoadTestReport, LoadTestSettings } from "../admin/index.ts";
export type { AdminClient, CallOptions } from "./admin.ts";
export type { Answer } from "./answer.ts";
export type { Exchange } from "./attempt.ts";
export { errorOf, SirveError, type SirveErrorCode, type SirveErrorDetails } from "./error.ts";
export type { EventOptions, ServerEvent } from "./events.ts";
export type { InferAnswer, InferRequest } from "./infer.ts";
export type { LoadTestEvent, LoadTestOptions } from "./load-test.ts";
export type { ModelMetadata, WaitOptions } from "./metadata.ts";
export type { NativeRequest } from "./native-request.ts";
export type {
  PredictAnswer,
  PredictOptions,
  StreamAnswer,
  StreamRows,
} from "./predict.ts";
export { decodeTensor, type Tensor, type TensorData } from "./tensor.ts";
export type { ClientOptions } from "./transport.ts";
export type { Progress, UploadOptions, UploadSource } from "./upload.ts";
