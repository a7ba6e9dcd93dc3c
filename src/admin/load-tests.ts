import { z } from "zod";
import { modelName, nothing, versionNumber } from "./common.ts";
import { operation } from "./operation.ts";

export type { LoadTestProgress, LoadTestReport, LoadTestSettings } from "../model/index.ts";

/** Measuring a version with settings that it does not serve with. */
export const loadTestOperations = {
  runLoadTest: operation({
    method: "POST",
    path: "/api/v1/models/{model}/load-tests",
    summary:
      "Measure a version under load with settings of choice, on a copy of its own: events `progress`, then `report` or `failed`",
    tag: "models",
    role: "releaser",
    needsRegistry: false,
    params: z.strictObject({ model: modelName }),
    query: nothing,
    body: z.strictObject({
      version: versionNumber.optional().describe("Default: the one that answers for the model's name."),
      rows: z
        .json()
        .optional()
        .describe("What each request asks: a body as for POST /predict/{model}. Default: one row, made up."),
      seconds: z.number().min(1).max(30).default(5).describe("How long requests are started."),
      concurrency: z.int().min(1).max(256).default(8).describe("Requests under way at once."),
      settings: z
        .strictObject({
          instances: z.int().min(1).max(64).optional().describe("Runs at once at the most."),
          maxRows: z.int().min(1).max(65_536).optional().describe("Rows in one run at the most."),
          maxDelayUs: z
            .int()
            .min(0)
            .max(10_000_000)
            .optional()
            .describe("Microseconds the oldest request waits for company."),
        })
        .prefault({})
        .describe("What is left out is as in the version's manifest, or profiled as there."),
    }),
    answer: nothing,
    raw: "events",
  }),
} as const;
