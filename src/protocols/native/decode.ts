import { PlatformError, parseJson } from "../../base/index.ts";
import type { Content, Json, Payload } from "../../model/index.ts";
import type { HttpRequest } from "../contract.ts";
import { decodeContent } from "./content-coding.ts";
import { decodeCsv } from "./decode-csv.ts";
import { decodeJson, type JsonRequest } from "./decode-json.ts";
import { decodeMultipart, type FormPart } from "./decode-multipart.ts";
import { formFields } from "./form-fields.ts";
import { parseMediaType } from "./media-type.ts";
import { sniff } from "./sniff.ts";

const FORM = "application/x-www-form-urlencoded";

/** A form without one is a text that curl sent by -d. */
const EQUALS = 0x3d;

/**
 * What a request asks, by its Content-Type: JSON, CSV, a picture, a sound, text, a form. Without
 * one, or with one that says nothing (application/octet-stream, and curl's default for -d), by
 * what the bytes look like.
 *
 * @throws PlatformError `invalid_argument` or `too_large` saying what is wrong with the body.
 */
export function decodePredict(request: HttpRequest, maxBytes: number): JsonRequest | Promise<JsonRequest> {
  const contentType = request.headers["content-type"];
  const coding = request.headers["content-encoding"];
  // The usual request takes the short way, without a promise.
  if (contentType === "application/json" && coding === undefined) return decodeJson(parseJson(request.body));
  return decodeOther(request.body, contentType, coding, maxBytes);
}

async function decodeOther(
  sent: Uint8Array,
  contentType: string | undefined,
  coding: string | undefined,
  maxBytes: number,
): Promise<JsonRequest> {
  const body = await decodeContent(sent, coding, maxBytes);
  if (body.length === 0) throw emptyBody();
  const { type } = parseMediaType(contentType);
  if (type === "multipart/form-data") return decodeForm(await decodeMultipart(body, contentType ?? ""));
  return decodeMedia(body, type);
}

/** What bytes of a media type ask. */
function decodeMedia(body: Uint8Array, type: string): JsonRequest | Promise<JsonRequest> {
  if (type === "application/json" || type.endsWith("+json")) return decodeJson(parseJson(body));
  if (type === "text/csv") return rowsOf(body, ",");
  if (type === "text/tab-separated-values") return rowsOf(body, "\t");
  if (CONTENT_TYPE.test(type)) {
    return contents([{ mediaType: type, bytes: body }]);
  }
  if (type !== "" && type !== "application/octet-stream" && type !== FORM) throw unknownType(type);
  return decodeUnnamed(body, type === FORM);
}

/** What bytes ask whose type says nothing. */
function decodeUnnamed(body: Uint8Array, isForm: boolean): JsonRequest {
  const seen = sniff(body);
  if (seen === "application/json") return decodeJson(parseJson(body));
  if (isForm && seen === "text/plain" && body.includes(EQUALS)) return decodeFields(body);
  return contents([{ mediaType: seen, bytes: body }]);
}

const CONTENT_TYPE = /^(image\/.+|audio\/.+|video\/.+|text\/plain)$/;

/** A form: files are contents (or a file of rows), fields together are one row by column name. */
function decodeForm(parts: readonly FormPart[]): JsonRequest | Promise<JsonRequest> {
  const files = parts.filter(({ isFile }) => isFile);
  const fields = parts.filter(({ isFile }) => !isFile);
  const [only] = parts;
  if (!only) throw emptyBody();
  if (
    parts.length === 1 &&
    (only.isFile || only.mediaType === "application/json" || JSON_FIELDS.has(only.name))
  ) {
    return decodeMedia(only.bytes, only.isFile || only.mediaType !== "text/plain" ? only.mediaType : "");
  }
  if (files.length > 0 && fields.length > 0) throw mixedForm(fields);
  if (files.length > 0) {
    return contents(files.map(({ mediaType, bytes }) => ({ mediaType: known(mediaType, bytes), bytes })));
  }
  if (fields.every(({ name }) => name === "text")) {
    return contents(fields.map(({ bytes }) => ({ mediaType: "text/plain", bytes })));
  }
  return rowOfTexts(fields.map(({ name, bytes }) => [name, Buffer.from(bytes).toString("utf8")]));
}

const JSON_FIELDS = new Set(["rows", "inputs", "json"]);

function known(mediaType: string, bytes: Uint8Array): string {
  return mediaType === "" || mediaType === "application/octet-stream" ? sniff(bytes) : mediaType;
}

function decodeFields(body: Uint8Array): JsonRequest {
  return rowOfTexts(formFields(body));
}

async function rowsOf(body: Uint8Array, delimiter: "," | "\t"): Promise<JsonRequest> {
  return { payload: await decodeCsv(body, delimiter) };
}

function rowOfTexts(fields: readonly (readonly [string, string])[]): JsonRequest {
  const row: { readonly [name: string]: Json } = Object.fromEntries(fields);
  return { payload: { kind: "rows", rows: [row], cells: "text" } };
}

function contents(list: readonly Content[]): JsonRequest {
  const payload: Payload = { kind: "contents", contents: list };
  return { payload };
}

function emptyBody(): PlatformError {
  return new PlatformError("invalid_argument", "the body is empty", {
    field: "body",
    got: "nothing",
    expected: "rows, inputs, a picture, a sound or a text",
  });
}

function mixedForm(fields: readonly FormPart[]): PlatformError {
  const names = fields.map(({ name }) => name.slice(0, 60)).join(", ");
  return new PlatformError(
    "invalid_argument",
    `the form has files and fields (${names}), expected one or the other`,
    {
      field: "body",
      got: names.slice(0, 200),
      expected: "files only, or fields only",
    },
  );
}

function unknownType(type: string): PlatformError {
  const expected =
    "application/json, text/csv, image/*, audio/*, text/plain, multipart/form-data, application/x-ndjson or application/octet-stream";
  return new PlatformError(
    "invalid_argument",
    `content-type "${type.slice(0, 100)}" is not taken, expected ${expected}`,
    {
      field: "content-type",
      got: type.slice(0, 100),
      expected,
    },
  );
}
