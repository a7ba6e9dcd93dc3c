import { z } from "zod";
import { parseModelTarget, TARGET_RULE } from "../model/index.ts";
import { modelName, next, nothing, page, reason, revision, timestamp, versionNumber } from "./common.ts";
import { operation } from "./operation.ts";

const endpoint = z.strictObject({ endpoint: modelName });

const target = z
  .string()
  .max(200)
  .refine((text) => parseModelTarget(text) !== undefined, TARGET_RULE)
  .describe('A model, perhaps at an alias or version: "churn", "churn@challenger", "churn@7".');

const variant = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "1 to 64 letters, digits, '_' or '-'")
    .describe("Stands in the header x-sirve-variant of its answers."),
  target,
  weight: z.number().min(0).max(1_000_000).describe("Share of the requests, against the other weights."),
});

const shadow = z.strictObject({
  target,
  percent: z.number().min(0).max(100).default(100).describe("Share of the requests that are repeated."),
  maxConcurrency: z
    .int()
    .min(1)
    .max(1000)
    .default(4)
    .describe("Repeats under way at once; more are dropped."),
  tolerance: z
    .number()
    .min(0)
    .default(1e-3)
    .describe("Largest difference of numbers that still agree, absolute or relative."),
});

/** What an endpoint is to be. */
export const endpointSpec = z.strictObject({
  variants: z.array(variant).min(1).max(20),
  shadow: shadow.optional(),
  splitKey: z
    .string()
    .max(100)
    .optional()
    .describe("Header whose value keeps a caller on one variant; default: x-split-key, else the request id."),
  salt: z.string().max(100).default("").describe("Changes who is in which variant."),
});

const endpointRecord = endpointSpec.extend({
  endpoint: modelName,
  revision,
  changedAt: timestamp,
  changedBy: z.string(),
});

/** What a shadow was seen to do since it was set, on this server. */
export const shadowReport = z.strictObject({
  target,
  sent: z.int().describe("Requests repeated and answered by both."),
  dropped: z
    .int()
    .describe("Not repeated, because maxConcurrency was reached or requests of people waited for a lane."),
  failed: z.int().describe("Answered by the variant, not by the shadow."),
  agreed: z.int().describe("Whose outputs agree within the tolerance."),
  agreementRate: z.number().nullable().describe("agreed ÷ sent; null before the first."),
  largestDifference: z.number().describe("Of any two numbers at the same place."),
  outputs: z.array(
    z.strictObject({ name: z.string(), agreed: z.int(), compared: z.int(), largestDifference: z.number() }),
  ),
  addedLatencyMs: z.number().nullable().describe("Median of shadow minus variant, in milliseconds."),
});

/** Endpoints: stable names over weighted variants. */
export const endpointOperations = {
  listEndpoints: operation({
    method: "GET",
    path: "/api/v1/endpoints",
    summary: "Endpoints with their variants",
    tag: "endpoints",
    role: "viewer",
    params: nothing,
    query: page,
    body: nothing,
    answer: z.strictObject({ endpoints: z.array(endpointRecord), next }),
  }),
  showEndpoint: operation({
    method: "GET",
    path: "/api/v1/endpoints/{endpoint}",
    summary: "One endpoint, and who answered on this server",
    tag: "endpoints",
    role: "viewer",
    hasRevision: true,
    params: endpoint,
    query: nothing,
    body: nothing,
    answer: endpointRecord.extend({
      answered: z.array(
        z.strictObject({ variant: z.string(), model: modelName, version: versionNumber, requests: z.int() }),
      ),
      shadowReport: shadowReport.optional(),
    }),
  }),
  setEndpoint: operation({
    method: "PUT",
    path: "/api/v1/endpoints/{endpoint}",
    summary: "Create an endpoint or change its variants, weights and shadow",
    tag: "endpoints",
    role: "releaser",
    hasRevision: true,
    params: endpoint,
    query: nothing,
    body: endpointSpec.extend({ reason }),
    answer: endpointRecord,
  }),
  deleteEndpoint: operation({
    method: "DELETE",
    path: "/api/v1/endpoints/{endpoint}",
    summary: "Delete an endpoint; its models stay",
    tag: "endpoints",
    role: "releaser",
    status: 204,
    hasRevision: true,
    params: endpoint,
    query: nothing,
    body: nothing,
    answer: nothing,
  }),
} as const;

export type EndpointSpec = z.infer<typeof endpointSpec>;
export type EndpointRecord = z.infer<typeof endpointRecord>;
export type ShadowReport = z.infer<typeof shadowReport>;
