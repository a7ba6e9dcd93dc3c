import { type Manifest, type RowLayout, rowLayout, type VersionDescription } from "../../model/index.ts";
import { csvCell } from "./encode-csv.ts";
import { exampleRow, inputsSchema, type JsonSchema, rowSchema } from "./openapi-columns.ts";
import { predictionSchema } from "./openapi-predictions.ts";
import { PROBLEM_RESPONSE } from "./openapi-schemas.ts";

/** Media types under which a kind of content can be sent, and in Swagger UI be chosen as a file. */
const CONTENT_TYPES = new Map<string, readonly string[]>([
  ["image", ["image/png", "image/jpeg", "image/webp"]],
  ["sound", ["audio/wav"]],
  ["text", ["text/plain"]],
  ["tokenize", ["text/plain"]],
]);

/** The operation that predicts with one loaded model, typed by its signature and columns. */
export function modelOperation({ status, signature, manifest }: VersionDescription): JsonSchema {
  const layout = rowLayout(signature, manifest);
  return {
    operationId: `predict_${status.model.replaceAll(/[^A-Za-z0-9]/g, "_")}_${Buffer.from(status.model).toString("hex").slice(0, 8)}`,
    tags: ["predict"],
    summary: `Predict with ${status.model}`,
    description: descriptionOf(manifest, status.version),
    parameters: [OUTPUTS_PARAMETER],
    requestBody: { required: true, content: requestContent(layout, { signature, manifest }) },
    responses: {
      "200": answerResponse(predictionSchema(signature, manifest), layout),
      default: PROBLEM_RESPONSE,
    },
  };
}

/** The query parameter that names outputs. */
export const OUTPUTS_PARAMETER: JsonSchema = {
  name: "outputs",
  in: "query",
  description: "Names of outputs to answer too, separated by commas.",
  schema: { type: "string" },
};

function descriptionOf({ description, licence, origin }: Manifest, version: number): string {
  const parts = [
    description,
    `Version ${version}.`,
    origin && `Origin: ${origin}.`,
    licence && `Licence: ${licence}.`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function requestContent(
  layout: RowLayout,
  { signature, manifest }: Pick<VersionDescription, "signature" | "manifest">,
): JsonSchema {
  const kind = manifest.inputPreparation[0]?.name ?? (isTextModel(layout) ? "text" : "");
  const types = CONTENT_TYPES.get(kind) ?? [];
  const contents = Object.fromEntries(types.map((type) => [type, contentMedia(type)]));
  const json = jsonMedia(layout, inputsSchema(signature), kind);
  const isRows = layout.kind !== "none" && kind !== "image" && kind !== "sound";
  return isRows
    ? { "application/json": json, ...tabularMedia(layout), ...contents }
    : { ...contents, "application/json": json };
}

/** A model of a single text column takes plain text without a manifest saying so. */
function isTextModel({ columns }: RowLayout): boolean {
  return columns.length === 1 && columns[0]?.dtype === "BYTES" && columns[0].shape.length === 0;
}

function contentMedia(type: string): JsonSchema {
  if (type === "text/plain") return { schema: { type: "string" } };
  return { schema: { type: "string", format: "binary", contentMediaType: type } };
}

function jsonMedia(layout: RowLayout, inputs: JsonSchema, kind: string): JsonSchema {
  const wholeInputs = { type: "object", title: "inputs", properties: { inputs }, required: ["inputs"] };
  const encoded = kind === "image" ? "image" : kind === "sound" ? "audio" : undefined;
  if (encoded) {
    const description = "base64 or a data URI";
    const content = {
      type: "object",
      title: encoded,
      properties: { [encoded]: { type: "string", description } },
      required: [encoded],
    };
    return { schema: { oneOf: [content, wholeInputs] } };
  }
  if (layout.kind === "none") return { schema: wholeInputs };
  const row = rowSchema(layout);
  const rows: JsonSchema = {
    type: "object",
    title: "rows",
    properties: { rows: { type: "array", items: row, minItems: 1 } },
    required: ["rows"],
  };
  return {
    schema: { anyOf: [rows, { ...row, title: "one row" }, wholeInputs] },
    example: { rows: [exampleRow(layout)] },
  };
}

function tabularMedia(layout: RowLayout): JsonSchema {
  const row = exampleRow(layout);
  const values = Object.values(row).map((value) =>
    typeof value === "string" ? value : JSON.stringify(value),
  );
  const lines = [Object.keys(row), values].map((cells) => cells.map(csvCell).join(","));
  const example = `${lines.join("\n")}\n`;
  return {
    "text/csv": { schema: { type: "string" }, example },
    "application/x-ndjson": { schema: { type: "string" }, example: `${JSON.stringify(row)}\n` },
  };
}

function answerResponse(prediction: JsonSchema, layout: RowLayout): JsonSchema {
  const answer = {
    allOf: [
      { $ref: "#/components/schemas/Answer" },
      { type: "object", properties: { predictions: { type: "array", items: prediction } } },
    ],
  };
  return {
    description: "One prediction per row.",
    headers: ANSWER_HEADERS,
    content: {
      "application/json": { schema: answer },
      ...(layout.kind !== "none" && { "text/csv": { schema: { type: "string" } } }),
      "application/x-ndjson": { schema: { type: "string" } },
    },
  };
}

/** Headers of an answer with predictions. */
export const ANSWER_HEADERS: JsonSchema = {
  "server-timing": { description: "Milliseconds in queue and compute.", schema: { type: "string" } },
  "x-model": { schema: { type: "string" } },
  "x-model-version": { schema: { type: "string" } },
  "x-sirve-cost-us": { description: "CPU microseconds that this request cost.", schema: { type: "string" } },
};
