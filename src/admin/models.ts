import { z } from "zod";
import { modelName, next, nothing, page, tags, versionNumber } from "./common.ts";
import { operation } from "./operation.ts";
import { modelRecord } from "./records.ts";

const model = z.strictObject({ model: modelName });
const whichVersion = z.strictObject({ version: versionNumber.optional().describe("This version only.") });
const statistics = z.strictObject({
  versions: z.array(z.looseObject({ model: z.string(), version: z.number() })),
});

/** Models: what the registry holds, or the folder. */
export const modelOperations = {
  listModels: operation({
    method: "GET",
    path: "/api/v1/models",
    summary: "Models with their versions and states",
    tag: "models",
    role: "viewer",
    needsRegistry: false,
    params: nothing,
    query: page,
    body: nothing,
    answer: z.strictObject({ ready: z.boolean(), models: z.array(modelRecord), next }),
  }),
  showModel: operation({
    method: "GET",
    path: "/api/v1/models/{model}",
    summary: "One model: aliases, states, and what the version that answers takes and gives",
    tag: "models",
    role: "viewer",
    needsRegistry: false,
    hasRevision: true,
    params: model,
    query: nothing,
    body: nothing,
    answer: modelRecord.extend({ description: z.unknown().optional() }),
  }),
  changeModel: operation({
    method: "PATCH",
    path: "/api/v1/models/{model}",
    summary: "Change a model's description and tags",
    tag: "models",
    role: "releaser",
    hasRevision: true,
    params: model,
    query: nothing,
    body: z.strictObject({ description: z.string().max(20_000).optional(), tags: tags.optional() }),
    answer: modelRecord,
  }),
  deleteModel: operation({
    method: "DELETE",
    path: "/api/v1/models/{model}",
    summary:
      "Delete a model with its versions; refused while an endpoint names it, or while it serves unless forced",
    tag: "models",
    role: "admin",
    status: 204,
    hasRevision: true,
    params: model,
    query: z.strictObject({ force: z.stringbool().default(false) }),
    body: nothing,
    answer: nothing,
  }),
  modelStatistics: operation({
    method: "GET",
    path: "/api/v1/models/{model}/statistics",
    summary: "Counts and times of a model's loaded versions since they were loaded",
    tag: "models",
    role: "viewer",
    needsRegistry: false,
    params: model,
    query: whichVersion,
    body: nothing,
    answer: statistics,
  }),
  allStatistics: operation({
    method: "GET",
    path: "/api/v1/statistics",
    summary: "The same of every loaded version",
    tag: "models",
    role: "viewer",
    needsRegistry: false,
    params: nothing,
    query: nothing,
    body: nothing,
    answer: statistics,
  }),
  loadModel: operation({
    method: "POST",
    path: "/api/v1/models/{model}/load",
    summary: "Load a model of the folder, or one version (with --model-control explicit)",
    tag: "models",
    role: "releaser",
    needsRegistry: false,
    params: model,
    query: whichVersion,
    body: nothing,
    answer: modelRecord,
  }),
  unloadModel: operation({
    method: "POST",
    path: "/api/v1/models/{model}/unload",
    summary: "Drain and unload a model of the folder, or one version",
    tag: "models",
    role: "releaser",
    needsRegistry: false,
    params: model,
    query: whichVersion,
    body: nothing,
    answer: modelRecord,
  }),
} as const;
