import { STATUS } from "../../base/index.ts";
import type { JsonSchema } from "./openapi-columns.ts";

/** Schemas that the whole document shares. */
export const SHARED_SCHEMAS: { readonly [name: string]: JsonSchema } = {
  Problem: {
    type: "object",
    description: "RFC 9457.",
    properties: {
      type: { type: "string", format: "uri-reference" },
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string", description: "What was wrong, with the name and both values." },
      code: { type: "string", enum: Object.keys(STATUS) },
      field: { type: "string" },
      got: { type: "string" },
      expected: { type: "string" },
      hint: { type: "string" },
      requestId: { type: "string" },
    },
    required: ["type", "title", "status", "detail", "code", "requestId"],
  },
  Timing: {
    type: "object",
    properties: {
      queueUs: { type: "number", description: "Microseconds in the queue." },
      computeUs: { type: "number", description: "Microseconds of the run." },
      cpuUs: { type: "number", description: "This request's share of the CPU time of its batches." },
      batchRows: { type: "integer", description: "Rows of the largest batch it was part of." },
    },
    required: ["queueUs", "computeUs", "cpuUs", "batchRows"],
  },
  Answer: {
    type: "object",
    properties: {
      model: { type: "string" },
      version: { type: "integer" },
      predictions: { type: "array", items: {} },
      outputs: { type: "object", additionalProperties: true },
      warnings: { type: "array", items: { type: "string" } },
      timing: { $ref: "#/components/schemas/Timing" },
      costUs: { type: "number", description: "CPU microseconds that this request cost in all." },
    },
    required: ["model", "version", "timing", "costUs"],
  },
};

/** The answer of every operation that fails. */
export const PROBLEM_RESPONSE: JsonSchema = {
  description: "What was wrong.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};
