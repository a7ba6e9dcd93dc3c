import { type AdminClient, createAdmin, pathOf } from "./admin.ts";
import { type EventOptions, events, type ServerEvent } from "./events.ts";
import { type InferAnswer, type InferRequest, infer } from "./infer.ts";
import {
  type NativeRequest,
  type PredictAnswer,
  type PredictOptions,
  predict,
  predictFile,
  predictStream,
} from "./predict.ts";
import { type ClientOptions, createSend } from "./transport.ts";
import { type Progress, type UploadSource, upload } from "./upload.ts";

/** A client of one server. It runs in Node and in browsers: fetch and web streams are all it needs. */
export interface SirveClient {
  readonly admin: AdminClient;
  /** Native prediction: rows, or columns. */
  readonly predict: (
    model: string,
    request: NativeRequest,
    options?: PredictOptions,
  ) => Promise<PredictAnswer>;
  /** One image, sound or text. */
  readonly predictFile: (model: string, file: Blob, options?: PredictOptions) => Promise<PredictAnswer>;
  /** Rows in, answers out as they are ready, by NDJSON. */
  readonly predictStream: (model: string, rows: Iterable<object>, options?: PredictOptions) => AsyncGenerator;
  /** Open Inference V2 with binary tensors: typed arrays in and out. */
  readonly infer: (model: string, request: InferRequest, options?: PredictOptions) => Promise<InferAnswer>;
  readonly upload: (source: UploadSource, progress?: Progress) => Promise<void>;
  /** The bytes of a file of a version. */
  readonly download: (
    model: string,
    version: number,
    file: string,
  ) => Promise<ReadableStream<Uint8Array> | null>;
  /** Everything in one tar archive. */
  readonly backup: () => Promise<ReadableStream<Uint8Array> | null>;
  readonly events: (options?: EventOptions) => AsyncGenerator<ServerEvent>;
}

/** A client of the server at `url`. @throws SirveError `invalid_argument` if that is no HTTP address. */
export function createClient(options: ClientOptions): SirveClient {
  const send = createSend(options);
  const bytes = async (path: string) =>
    (await send({ method: "GET", path, isRepeatable: true, isEndless: true })).body;
  return {
    admin: createAdmin(send),
    predict: async (model, request, more) => predict(send, model, request, more),
    predictFile: async (model, file, more) => predictFile(send, model, file, more),
    predictStream: (model, rows, more) => predictStream(send, model, rows, more),
    infer: async (model, request, more) => infer(send, model, request, more),
    upload: async (source, progress) => upload(send, source, progress),
    download: async (model, version, file) =>
      bytes(pathOf("/api/v1/models/{model}/versions/{version}/files/{file}", { model, version, file })),
    backup: async () => bytes("/api/v1/backup"),
    events: (more) => events(send, more),
  };
}

export type { AdminClient, CallOptions } from "./admin.ts";
export { SirveError, type SirveErrorDetails } from "./error.ts";
export type { EventOptions, ServerEvent } from "./events.ts";
export type { InferAnswer, InferRequest } from "./infer.ts";
export type { NativeRequest, PredictAnswer, PredictOptions } from "./predict.ts";
export type { Tensor, TensorData } from "./tensor.ts";
export type { ClientOptions } from "./transport.ts";
export type { Progress, UploadSource } from "./upload.ts";
