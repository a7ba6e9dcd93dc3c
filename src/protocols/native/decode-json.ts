import { PlatformError, writeJson } from "../../base/index.ts";
import type { Content, Json, Payload } from "../../model/index.ts";
import { decodeBase64 } from "./base64.ts";

/** What a JSON body asks. */
export interface JsonRequest {
  readonly payload: Payload;
  readonly outputs?: readonly string[];
}

type JsonObject = { readonly [name: string]: Json };

const CONTENT_KEYS = new Set(["image", "audio", "sound", "text"]);
const EXPECTED =
  '{"rows": […]}, {"inputs": {…}}, {"image": "…"}, {"audio": "…"}, {"text": "…"}, one row, or an array of rows';

/** What a JSON value asks: rows in any of their forms, whole inputs, or contents in base64. */
export function decodeJson(value: Json): JsonRequest {
  if (Array.isArray(value)) return { payload: decodeList(value as readonly Json[]) };
  if (typeof value !== "object" || value === null) {
    throw wrong("body", writeJson(value).slice(0, 60), EXPECTED);
  }
  const object = value as JsonObject;
  if (hasOwnKey(object, "rows")) return decodeNamed(object, "rows", decodeRows);
  if (hasOwnKey(object, "instances")) return decodeNamed(object, "instances", decodeRows);
  if (hasOwnKey(object, "inputs")) return decodeNamed(object, "inputs", decodeInputs);
  const contents = decodeContents(object);
  return { payload: contents ?? { kind: "rows", rows: [object] } };
}

const hasOwnKey = (object: JsonObject, key: string) =>
  object[key] !== undefined && Object.hasOwn(object, key);

function decodeNamed(object: JsonObject, key: string, decode: (value: Json) => Payload): JsonRequest {
  for (const name in object) {
    if (name !== key && name !== "outputs" && name !== "id" && name !== "parameters") {
      throw unknownKey(name, key);
    }
  }
  const payload = decode(object[key] ?? null);
  const { outputs } = object;
  return outputs === undefined ? { payload } : { payload, outputs: decodeOutputs(outputs) };
}

function decodeRows(value: Json): Payload {
  if (!Array.isArray(value)) throw wrong("rows", typeof value, "an array of rows");
  return decodeList(value as readonly Json[]);
}

/** Rows, contents of one kind, or a single row given as a list of plain values. */
function decodeList(list: readonly Json[]): Payload {
  const [first] = list;
  if (first === undefined) throw wrong("rows", "an empty array", "at least one row");
  if (typeof first !== "object" || first === null) return { kind: "rows", rows: [list] };
  if (!Array.isArray(first) && contentKey(first as JsonObject) !== undefined) {
    const parts = list.map((row) => decodeContents(row as JsonObject));
    const contents = parts.flatMap((part) => (part?.kind === "contents" ? part.contents : []));
    if (parts.every((part) => part !== undefined)) return { kind: "contents", contents };
  }
  return { kind: "rows", rows: list };
}

function decodeContents(object: JsonObject | null): Payload | undefined {
  const key = object === null || typeof object !== "object" ? undefined : contentKey(object);
  if (key === undefined || !object) return undefined;
  const value = object[key];
  const items = Array.isArray(value) ? (value as readonly Json[]) : [value as Json];
  return { kind: "contents", contents: items.map((item, at) => decodeContent(item, key, at)) };
}

/** The only key of an object, if it is one of contents: `{"image": …}`; a text alone is a row like any other. */
function contentKey(object: JsonObject): string | undefined {
  let only: string | undefined;
  for (const key in object) {
    if (only !== undefined || !CONTENT_KEYS.has(key)) return undefined;
    only = key;
  }
  if (only === undefined) return undefined;
  const value = object[only];
  const isGiven = typeof value === "string" || (Array.isArray(value) && value.length > 0);
  return isGiven ? only : undefined;
}

function decodeContent(value: Json, key: string, at: number): Content {
  const field = `${key}[${at}]`;
  if (typeof value !== "string") {
    throw wrong(field, typeof value, key === "text" ? "text" : "base64 or a data URI");
  }
  return key === "text" ? { mediaType: "text/plain", bytes: Buffer.from(value) } : decodeBase64(value, field);
}

function decodeInputs(value: Json): Payload {
  const arrays = new Map<string, Json>();
  if (Array.isArray(value)) {
    for (const [at, input] of (value as readonly Json[]).entries()) addInput(arrays, input, at);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, array] of Object.entries(value as JsonObject)) arrays.set(name, array);
  } else {
    throw wrong("inputs", typeof value, "an object of arrays by input name, or a list of named tensors");
  }
  return { kind: "arrays", arrays };
}

function addInput(arrays: Map<string, Json>, input: Json, at: number): void {
  const field = `inputs[${at}]`;
  const expected = '{"name", "shape", "data"}';
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw wrong(field, typeof input, expected);
  }
  const { name } = input as JsonObject;
  if (typeof name !== "string") throw wrong(`${field}.name`, typeof name, "the name of an input");
  if (arrays.has(name)) throw wrong(`${field}.name`, `"${name.slice(0, 60)}" again`, "each input once");
  arrays.set(name, input);
}

function decodeOutputs(value: Json): readonly string[] {
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) {
    return value;
  }
  throw wrong("outputs", typeof value, "an array of output names");
}

function unknownKey(name: string, beside: string): PlatformError {
  const got = name.slice(0, 60);
  return wrong(got, `"${got}" beside "${beside}"`, `only "outputs" beside "${beside}"`);
}

function wrong(field: string, got: string, expected: string): PlatformError {
  return new PlatformError("invalid_argument", `${field}: got ${got}, expected ${expected}`, {
    field,
    got,
    expected,
  });
}
