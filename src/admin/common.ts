import { z } from "zod";
import { ALIAS_PATTERN, ALIAS_RULE, isModelName, NAME_RULE } from "../model/index.ts";

/** Nothing: no parameters, no query, no body or no answer. */
export const nothing = z.strictObject({});

export const modelName = z.string().refine(isModelName, NAME_RULE).describe("Name of a model or endpoint.");
export const versionNumber = z.coerce
  .number()
  .int()
  .min(1)
  .max(1e15)
  .describe("Number of a version: 1, 2, 3 …");

export const aliasName = z
  .string()
  .regex(ALIAS_PATTERN, ALIAS_RULE)
  .describe('Movable name of a version; a model\'s own name answers with "champion".');

export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits")
  .describe("SHA-256, hex.");
export const timestamp = z.string().describe("Time in UTC, ISO 8601 with milliseconds.");
export const revision = z.int().min(0).describe("Grows with every change; the ETag.");
export const reason = z.string().max(2000).optional().describe("Why, for the audit log.");

/** Free text by name, such as `{ team: "risk" }`. */
export const tags = z.record(z.string().min(1).max(128), z.string().max(5000)).describe("Free text by name.");
export const metrics = z
  .record(z.string().min(1).max(128), z.number())
  .describe("Figures of quality by name, such as auc.");

/** Query of a list: a page at a time. */
export const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe("Entries of one page."),
  after: z.string().max(256).optional().describe("`next` of the page before."),
});

/** The end of a page: how to ask for the following one. */
export const next = z.string().optional().describe("`after` of the following page; missing on the last one.");
