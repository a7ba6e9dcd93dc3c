import { PlatformError, parseJsonWithSpans, type SpannedJson } from "../../base/index.ts";
import type { InferCall, InferOptions } from "./infer-call.ts";
import { InputDecoder } from "./input-decoder.ts";
import {
  asArray,
  asBoolean,
  asObject,
  asString,
  isJsonObject,
  type JsonObject,
  requiredField,
} from "./json-fields.ts";
import { jsonWords, parameterEntries } from "./json-parameters.ts";
import { decodeOutputs } from "./output-request.ts";
import { readOptions } from "./parameters.ts";
import { bodyFault } from "./refusal.ts";

/** Which model a path names. */
export interface Target {
  readonly model: string;
  readonly version: number | undefined;
}

/** A decoded REST request: the call, and how the answer is to be encoded. */
export interface RestCall extends InferCall {
  /** Whether outputs are bytes after the JSON unless they say otherwise. */
  readonly binaryOutput: boolean;
}

/**
 * Decodes a request of `json` bytes of JSON with raw tensors after them, in the order of the inputs.
 *
 * @throws PlatformError with the contract's words and status.
 * @see Open Inference Protocol, inference_rest.md; Triton, extension_binary_data.md.
 */
export function decodeInferRequest(
  target: Target,
  json: Uint8Array,
  tail: Uint8Array,
  maxInputBytes: number,
): RestCall {
  const body = parseBody(json);
  const id = body["id"] === undefined ? "" : asString(body["id"], "id");
  const decoder = new InputDecoder({ id, model: target.model }, tail, maxInputBytes);
  const parameters =
    body["parameters"] === undefined ? undefined : asObject(body["parameters"], "parameters");
  return {
    id,
    model: target.model,
    version: target.version,
    inputs: decoder.decodeAll(asArray(requiredField(body, "inputs"), "inputs")),
    outputs:
      body["outputs"] === undefined ? undefined : decodeOutputs(asArray(body["outputs"], "outputs"), id),
    options: parameters && decodeOptions(parameters),
    binaryOutput: isBinaryOutput(parameters?.["binary_data_output"]),
  };
}

/** The body's JSON, with the arrays under "data" unread. */
function parseBody(json: Uint8Array): JsonObject {
  let body: SpannedJson;
  try {
    body = parseJsonWithSpans(json, "data", { nonFinite: true });
  } catch (cause) {
    throw parseFailure(cause);
  }
  if (isJsonObject(body)) return body;
  throw bodyFault("expected an object");
}

/** A JSON error as this wire says it: too deep is the client's fault (400), other syntax is 500. */
export function parseFailure(cause: unknown): PlatformError {
  const error = PlatformError.from(cause);
  if (error.code !== "invalid_argument" || error.details.field === "nesting") return error;
  return bodyFault(error.message, { ...error.details, cause });
}

function isBinaryOutput(value: SpannedJson | undefined): boolean {
  return value !== undefined && asBoolean(value, "binary_data_output");
}

function decodeOptions(parameters: JsonObject): InferOptions {
  return readOptions(parameterEntries(parameters), jsonWords);
}
