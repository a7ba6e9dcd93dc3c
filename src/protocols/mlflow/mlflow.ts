import { type Json, PlatformError, parseJson, STATUS, writeJson } from "../../base/index.ts";
import type { Payload, PredictResponse } from "../../model/index.ts";
import { plainTensor } from "../../tensor/index.ts";
import { answeredBy } from "../answered-by.ts";
import type { FailedRequest, HttpProtocol, HttpReply, HttpRequest, Planes } from "../contract.ts";
import { decodePredict } from "../native/decode.ts";
import { decodeJson } from "../native/decode-json.ts";
import { parseMediaType } from "../native/media-type.ts";
import { soleModel } from "../sole-model.ts";

export interface MlflowOptions {
  readonly maxBodyBytes: number;
  readonly version: string;
}

const KEYS = ["dataframe_split", "dataframe_records", "instances", "inputs"] as const;
const TYPES = new Set(["application/json", "text/csv"]);

/** The scoring server of `mlflow models serve`. @see mlflow/pyfunc/scoring_server. */
export function mlflowScoring(planes: Planes, options: MlflowOptions): HttpProtocol {
  const health = async ({ context }: HttpRequest) => {
    const isReady = planes.control(context.caller).isReady();
    return reply(isReady ? 200 : 404, "\n");
  };
  return {
    name: "mlflow",
    prefixes: ["/invocations", "/ping", "/version"],
    routes: [
      { method: "GET", path: "/ping", access: "public", handle: health },
      { method: "GET", path: "/health", access: "public", handle: health },
      { method: "GET", path: "/version", access: "public", handle: async () => reply(200, options.version) },
      {
        method: "POST",
        path: "/invocations",
        access: "predictor",
        handle: async (request) => score(planes, options, request),
      },
    ],
    failure,
  };
}

async function score(planes: Planes, options: MlflowOptions, request: HttpRequest): Promise<HttpReply> {
  const { context } = request;
  const model = soleModel(planes.control(context.caller), "MLflow's server has one model");
  const response = await planes.data.predict({ model, payload: await decode(request, options) }, context);
  const text = `{"predictions": ${writeJson(predictionsOf(response))}}`;
  const { headers, ...rest } = reply(200, text);
  return { ...rest, headers: { ...headers, ...answeredBy(response) } };
}

function predictionsOf({ predictions, outputs }: PredictResponse): Json {
  if (predictions) return predictions;
  const named = [...outputs];
  const [only] = named;
  if (named.length === 1 && only) return plainTensor(only[1]);
  return Object.fromEntries(named.map(([name, tensor]) => [name, plainTensor(tensor)]));
}

async function decode(request: HttpRequest, { maxBodyBytes }: MlflowOptions): Promise<Payload> {
  const { type } = parseMediaType(request.headers["content-type"]);
  if (!TYPES.has(type)) {
    throw bad(
      `This predictor only supports the following content types: ${[...TYPES].join(", ")}. Got '${type.slice(0, 100)}'.`,
      "content-type",
    );
  }
  if (type === "text/csv") return (await decodePredict(request, maxBodyBytes)).payload;
  return decodeScoring(request.body);
}

/** The rows of a scoring request: exactly one of its four forms. */
export function decodeScoring(body: Uint8Array): Payload {
  const value = parseJson(body);
  const object = (typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}) as {
    readonly [name: string]: Json;
  };
  const given = KEYS.filter((key) => object[key] !== undefined);
  const [key] = given;
  if (key === undefined || given.length > 1) {
    throw bad(
      `The input must be a JSON dictionary with exactly one of the input fields {${KEYS.join(", ")}}. Received dictionary with input fields: ${Object.keys(object).join(", ").slice(0, 200)}.`,
      "body",
    );
  }
  const part = object[key] ?? null;
  if (key === "dataframe_split") return splitPayload(part);
  if (key === "dataframe_records") return decodeJson({ rows: part }).payload;
  return decodeJson({ [key]: part }).payload;
}

function splitPayload(value: Json): Payload {
  const { columns, data } = (typeof value === "object" && value !== null ? value : {}) as {
    readonly columns?: Json;
    readonly data?: Json;
  };
  if (!Array.isArray(data)) throw bad("dataframe_split has no data", "dataframe_split.data");
  if (columns === undefined) return decodeJson({ rows: data }).payload;
  const names = Array.isArray(columns) ? (columns as readonly Json[]).map(String) : [];
  const rows = (data as readonly Json[]).map((row, i) => {
    if (Array.isArray(row) && row.length === names.length) {
      return Object.fromEntries(names.map((name, at) => [name, (row as readonly Json[])[at] ?? null]));
    }
    throw bad(
      `row ${i} of dataframe_split has not ${names.length} values, as there are columns`,
      `dataframe_split.data[${i}]`,
    );
  });
  return decodeJson({ rows }).payload;
}

function bad(message: string, field: string): PlatformError {
  return new PlatformError("invalid_argument", message, { field });
}

function reply(status: number, body: string): HttpReply {
  return { status, headers: { "content-type": "application/json" }, body };
}

function failure(thrown: unknown, { unrouted }: FailedRequest): HttpReply {
  if (unrouted !== undefined) return reply(unrouted, '{"detail":"Not Found"}');
  const error = PlatformError.from(thrown);
  const isBad = error.code === "invalid_argument";
  const body = { error_code: isBad ? "BAD_REQUEST" : error.code.toUpperCase(), message: error.message };
  return reply(
    isBad && error.details.field === "content-type" ? 415 : STATUS[error.code].http,
    JSON.stringify(body),
  );
}
