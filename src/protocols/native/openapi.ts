import { type ControlPlane, NAME_RULE } from "../../model/index.ts";
import { describeIfReady } from "./describe.ts";
import type { JsonSchema } from "./openapi-columns.ts";
import { ANSWER_HEADERS, modelOperation, OUTPUTS_PARAMETER } from "./openapi-model.ts";
import { PROBLEM_RESPONSE, SHARED_SCHEMAS } from "./openapi-schemas.ts";

/** Makes the OpenAPI 3.1 document of what is loaded when it is asked for. */
export function createOpenApi(release: string): (control: ControlPlane) => JsonSchema {
  return (control) => ({
    openapi: "3.1.0",
    info: {
      title: "Sirve",
      version: release,
      description: "Predictions of the models that this server has loaded, and their management.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [
      { name: "predict", description: "One operation per loaded model, and the general ones." },
      { name: "models", description: "What is served, and changing it." },
    ],
    paths: { ...modelPaths(control), ...GENERAL_PATHS, ...managementPaths() },
    components: { schemas: SHARED_SCHEMAS },
  });
}

function modelPaths(control: ControlPlane): JsonSchema {
  const loaded = control.list().filter(({ serving }) => serving !== undefined);
  return Object.fromEntries(
    loaded.flatMap(({ model }) => {
      const description = describeIfReady(control, model); // It may have been unloaded just now.
      return description ? [[`/predict/${model}`, { post: modelOperation(description) }]] : [];
    }),
  );
}

const MODEL_PARAMETER: JsonSchema = {
  name: "model",
  in: "path",
  required: true,
  description: `Name of a model: ${NAME_RULE}.`,
  schema: { type: "string" },
};

const VERSION_PARAMETER: JsonSchema = {
  name: "version",
  in: "path",
  required: true,
  schema: { type: "integer", minimum: 1 },
};

const ANY_BODY: JsonSchema = {
  required: true,
  description:
    "Rows as JSON or CSV, whole inputs as JSON, or a picture, sound or text as the model takes it.",
  content: {
    "application/json": { schema: {} },
    "text/csv": { schema: { type: "string" } },
    "text/plain": { schema: { type: "string" } },
    "application/octet-stream": { schema: { type: "string", format: "binary" } },
    "multipart/form-data": {
      schema: { type: "object", properties: { file: { type: "string", format: "binary" } } },
    },
    "application/x-ndjson": { schema: { type: "string" } },
  },
};

const ANSWER: JsonSchema = {
  description: "One prediction per row, or the outputs where whole inputs were sent.",
  headers: ANSWER_HEADERS,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Answer" } } },
};

const LINES: JsonSchema = {
  description: "One line per line, in order: an answer, or {line, error}.",
  content: { "application/x-ndjson": { schema: { type: "string" } } },
};

const GENERAL_PATHS: JsonSchema = Object.fromEntries(
  [
    { path: "/predict/{model}", id: "predict", parameters: [MODEL_PARAMETER] },
    {
      path: "/predict/{model}/versions/{version}",
      id: "predict_version",
      parameters: [MODEL_PARAMETER, VERSION_PARAMETER],
    },
  ].flatMap(({ path, id, parameters }) => [
    [
      path,
      {
        post: {
          operationId: id,
          tags: ["predict"],
          summary: "Predict with any model",
          parameters: [...parameters, OUTPUTS_PARAMETER],
          requestBody: ANY_BODY,
          responses: { "200": ANSWER, default: PROBLEM_RESPONSE },
        },
      },
    ],
    [
      `${path}/stream`,
      {
        post: {
          operationId: `${id}_stream`,
          tags: ["predict"],
          summary: "Predict line by line while lines are still being sent",
          parameters,
          requestBody: {
            required: true,
            content: { "application/x-ndjson": { schema: { type: "string" } } },
          },
          responses: { "200": LINES, default: PROBLEM_RESPONSE },
        },
      },
    ],
  ]),
);

function managementPaths(): JsonSchema {
  const model = "/api/v1/models/{model}";
  const version = `${model}/versions/{version}`;
  const both = [MODEL_PARAMETER, VERSION_PARAMETER];
  return {
    "/api/v1/models": { get: manage("list_models", "List what is served", [], LIST) },
    [model]: { get: manage("show_model", "Show one model", [MODEL_PARAMETER], MODEL) },
    [version]: { get: manage("show_version", "Show one version", both, MODEL) },
    "/api/v1/statistics": { get: manage("statistics", "Counters of every loaded version", [], STATISTICS) },
    [`${model}/statistics`]: {
      get: manage("model_statistics", "Counters of a model", [MODEL_PARAMETER], STATISTICS),
    },
    [`${version}/statistics`]: {
      get: manage("version_statistics", "Counters of a version", both, STATISTICS),
    },
    [`${model}/load`]: {
      post: manage("load_model", "Load a model from the folder", [MODEL_PARAMETER, ASKED], MODEL),
    },
    [`${model}/unload`]: {
      post: manage("unload_model", "Drain and unload a model", [MODEL_PARAMETER, ASKED], MODEL),
    },
    [`${version}/load`]: { post: manage("load_version", "Load one version", both, MODEL) },
    [`${version}/unload`]: { post: manage("unload_version", "Drain and unload one version", both, MODEL) },
  };
}

const ASKED: JsonSchema = {
  name: "version",
  in: "query",
  description: "One version; default: those that the folder and the policy say.",
  schema: { type: "integer", minimum: 1 },
};

const MODEL: JsonSchema = { $ref: "#/components/schemas/Model" };
const LIST: JsonSchema = {
  type: "object",
  properties: { ready: { type: "boolean" }, models: { type: "array", items: MODEL } },
  required: ["ready", "models"],
};
const STATISTICS: JsonSchema = {
  type: "object",
  properties: { versions: { type: "array", items: { type: "object" } } },
  required: ["versions"],
};

function manage(
  operationId: string,
  summary: string,
  parameters: readonly JsonSchema[],
  schema: JsonSchema,
): JsonSchema {
  return {
    operationId,
    tags: ["models"],
    summary,
    parameters,
    responses: {
      "200": { description: summary, content: { "application/json": { schema } } },
      default: PROBLEM_RESPONSE,
    },
  };
}
