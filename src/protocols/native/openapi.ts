import { type ControlPlane, NAME_RULE } from "../../model/index.ts";
import { describeIfReady } from "./describe.ts";
import type { JsonSchema } from "./openapi-columns.ts";
import { ANSWER_HEADERS, modelOperation, OUTPUTS_PARAMETER } from "./openapi-model.ts";
import { PROBLEM_RESPONSE, SHARED_SCHEMAS } from "./openapi-schemas.ts";

/** What another protocol adds to the document: the management API. */
export interface ManagementDocument {
  readonly tags: readonly JsonSchema[];
  readonly paths: JsonSchema;
  readonly securitySchemes: JsonSchema;
}

const NO_MANAGEMENT: ManagementDocument = { tags: [], paths: {}, securitySchemes: {} };

/** Makes the OpenAPI 3.1 document of what is loaded when it is asked for. */
export function createOpenApi(
  release: string,
  management: ManagementDocument = NO_MANAGEMENT,
): (control: ControlPlane) => JsonSchema {
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
      ...management.tags,
    ],
    paths: { ...modelPaths(control), ...GENERAL_PATHS, ...management.paths },
    components: { schemas: SHARED_SCHEMAS, securitySchemes: management.securitySchemes },
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
