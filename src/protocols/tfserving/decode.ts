import { type Json, PlatformError, parseJson, writeJson } from "../../base/index.ts";
import type { Payload, Signature, TensorSpec } from "../../model/index.ts";
import { decodeBytes } from "./decode-bytes.ts";

type JsonObject = { readonly [name: string]: Json };

/** What a predict request asks, and the form that its answer has. */
export interface TfRequest {
  readonly payload: Payload;
  readonly form: "row" | "columnar";
}

/** The one signature that models have here. */
const SIGNATURES = new Set(["", "serving_default"]);

/**
 * Reads the body of `:predict`: `instances`, a list of rows, or `inputs`, whole inputs.
 *
 * @throws PlatformError `invalid_argument` in words like those of the server that defines this wire.
 */
export function decodePredictBody(body: Uint8Array, signature: Signature): TfRequest {
  const request = objectOf(body);
  checkSignature(request["signature_name"]);
  const { instances, inputs } = request;
  if (instances !== undefined && inputs !== undefined) {
    throw wrong(
      "instances",
      "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist",
    );
  }
  if (instances !== undefined) return { form: "row", payload: rowPayload(instances, signature) };
  if (inputs !== undefined) return { form: "columnar", payload: columnPayload(inputs, signature) };
  throw wrong("instances", "Missing 'inputs' or 'instances' key");
}

/** The JSON object of a body. */
export function objectOf(body: Uint8Array): JsonObject {
  if (body.length === 0) throw wrong("body", "JSON Parse error: The document is empty");
  let value: Json;
  try {
    value = parseJson(body, { nonFinite: true });
  } catch (cause) {
    const { message } = PlatformError.from(cause);
    throw wrong("body", `JSON Parse error: ${message.replace(/^invalid JSON: /, "")}`);
  }
  if (isObject(value)) return value;
  throw wrong("body", `JSON Value: ${shown(value)} Is not object`);
}

/** @throws PlatformError `invalid_argument` for a signature that is none of these models'. */
export function checkSignature(name: Json | undefined): void {
  if (name === undefined) return;
  if (typeof name !== "string") {
    throw wrong(
      "signature_name",
      `JSON Value: ${shown(name)} not formatted correctly. 'signature_name' key must be a string value.`,
    );
  }
  if (SIGNATURES.has(name)) return;
  throw wrong("signature_name", `Serving signature name: "${name.slice(0, 100)}" not found in signature def`);
}

function rowPayload(instances: Json, { inputs }: Signature): Payload {
  if (!Array.isArray(instances)) {
    throw wrong("instances", `JSON Value: ${shown(instances)} Expecting 'instances' to be an list/array`);
  }
  const rows = instances as readonly Json[];
  if (rows.length === 0) throw wrong("instances", `JSON Value: [] No values in 'instances' array`);
  if (!isNamed(rows[0])) return { kind: "arrays", arrays: new Map([oneInput(rows, inputs)]) };
  const names = Object.keys(rows[0] as JsonObject).toSorted();
  for (const [i, row] of rows.entries()) checkRow(row, i, names);
  const arrays = new Map(
    names.map((name) => {
      const spec = inputs.find((input) => input.name === name);
      return [name, decodeBytes(rows.map((row) => shaped((row as JsonObject)[name] ?? null, spec)))];
    }),
  );
  return { kind: "arrays", arrays };
}

/** A row of a model with columns `[N, 1]` may give the value itself. */
function shaped(value: Json, spec: TensorSpec | undefined): Json {
  const isCell = spec?.shape.length === 2 && spec.shape[1] === 1;
  return isCell && !Array.isArray(value) ? [value] : value;
}

function checkRow(row: Json, i: number, names: readonly string[]): void {
  if (!isNamed(row)) {
    throw wrong(`instances[${i}]`, `Expecting object but got list at item ${i} of input list`);
  }
  const keys = Object.keys(row as JsonObject).toSorted();
  if (keys.length === names.length && keys.every((key, at) => key === names[at])) return;
  throw wrong(
    `instances[${i}]`,
    `Failed to process element: ${i} of 'instances' list. JSON object: does not have the keys of the first, keys must be equal to: ${names.join(",")}`,
  );
}

function oneInput(rows: readonly Json[], inputs: Signature["inputs"]): readonly [string, Json] {
  const [only] = inputs;
  if (inputs.length !== 1 || !only) {
    throw wrong(
      "instances",
      `instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map: ${inputs.map(({ name }) => name).join(", ")}`,
    );
  }
  const named = rows.findIndex(isNamed);
  if (named >= 0) {
    throw wrong(`instances[${named}]`, `Expecting value/list but got object at item ${named} of input list`);
  }
  return [only.name, decodeBytes(rows.map((row) => shaped(row, only)))];
}

function columnPayload(value: Json, { inputs }: Signature): Payload {
  if (!isNamed(value)) {
    const [only] = inputs;
    if (inputs.length === 1 && only) {
      return { kind: "arrays", arrays: new Map([[only.name, decodeBytes(value)]]) };
    }
    throw wrong(
      "inputs",
      `inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map: ${inputs.map(({ name }) => name).join(", ")}`,
    );
  }
  const columns = value as JsonObject;
  const arrays = new Map<string, Json>();
  for (const { name, optional } of inputs) {
    const column = columns[name];
    if (column !== undefined) arrays.set(name, decodeBytes(column));
    else if (!optional) throw wrong("inputs", `Missing named input: ${name} in 'inputs' object.`);
  }
  return { kind: "arrays", arrays };
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object that names inputs; `{"b64": …}` is a value. */
const isNamed = (value: Json | undefined): boolean =>
  isObject(value) && !(Object.keys(value).length === 1 && "b64" in value);

const shown = (value: Json): string => writeJson(value).slice(0, 256);

function wrong(field: string, message: string): PlatformError {
  return new PlatformError("invalid_argument", message, { field });
}
