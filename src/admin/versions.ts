import { z } from "zod";
import {
  aliasName,
  metrics,
  modelName,
  next,
  nothing,
  page,
  reason,
  sha256,
  tags,
  versionNumber,
} from "./common.ts";
import { operation } from "./operation.ts";
import { aliasRecord, artifactFile, lineage, versionRecord, versionStatus } from "./records.ts";

const model = z.strictObject({ model: modelName });
const oneVersion = z.strictObject({ model: modelName, version: versionNumber });
const alias = aliasName.default("champion");

/** What one check of a version found. */
const check = z.strictObject({
  name: z.enum(["loads", "warms-up", "signature", "golden"]),
  passed: z.boolean(),
  detail: z.string().describe("What was found, one sentence."),
  ms: z.number().optional().describe("How long it took, in milliseconds, where that is known by itself."),
});

/** One difference between two versions. */
const difference = z.strictObject({
  field: z.string().describe('Such as "inputs.age.dtype", "metrics.auc", "files.model.onnx".'),
  from: z.json(),
  to: z.json(),
  breaks: z.boolean().describe("Whether clients of the first version would fail with the second."),
});

const promotion = z.strictObject({
  model: modelName,
  alias: aliasName,
  version: versionNumber,
  previous: versionNumber.optional().describe("The version that it stood on."),
  checks: z.array(check),
  swapMs: z.number().describe("From the decision until requests reached the version, in milliseconds."),
});

/** Versions: adding, comparing, promoting, rolling back. */
export const versionOperations = {
  addVersion: operation({
    method: "POST",
    path: "/api/v1/models/{model}/versions",
    summary: "Register uploaded files as the model's next version, perhaps under an alias",
    tag: "versions",
    role: "releaser",
    status: 201,
    takesIdempotencyKey: true,
    params: model,
    query: nothing,
    body: z.strictObject({
      files: z
        .array(artifactFile)
        .min(1)
        .max(1000)
        .describe("Uploaded before, see PUT /api/v1/uploads/{digest}."),
      alias: aliasName
        .optional()
        .describe("Moved to the new version; the first version becomes champion by itself."),
      metrics: metrics.default({}),
      tags: tags.default({}),
      lineage: lineage.prefault({}),
      description: z.string().max(20_000).optional().describe("Of the model, if it is new."),
    }),
    answer: versionRecord.extend({
      existed: z
        .boolean()
        .describe("The same artifact was a version already: that one is answered, nothing was added."),
      checks: z
        .array(check)
        .describe("Of its trial load; against the champion they say what a promotion would find now."),
    }),
  }),
  listVersions: operation({
    method: "GET",
    path: "/api/v1/models/{model}/versions",
    summary: "Versions of a model, newest first",
    tag: "versions",
    role: "viewer",
    params: model,
    query: page,
    body: nothing,
    answer: z.strictObject({ versions: z.array(versionRecord), next }),
  }),
  showVersion: operation({
    method: "GET",
    path: "/api/v1/models/{model}/versions/{version}",
    summary: "One version: artifact, signature, metrics, lineage, aliases, state",
    tag: "versions",
    role: "viewer",
    needsRegistry: false,
    params: oneVersion,
    query: nothing,
    body: nothing,
    answer: versionRecord.partial().loose().extend({ status: versionStatus.optional() }),
  }),
  changeVersion: operation({
    method: "PATCH",
    path: "/api/v1/models/{model}/versions/{version}",
    summary: "Set a version's tags; all else of a version is immutable",
    tag: "versions",
    role: "releaser",
    params: oneVersion,
    query: nothing,
    body: z.strictObject({ tags }),
    answer: versionRecord,
  }),
  deleteVersion: operation({
    method: "DELETE",
    path: "/api/v1/models/{model}/versions/{version}",
    summary: "Delete a version; refused while an alias or an endpoint names it",
    tag: "versions",
    role: "admin",
    status: 204,
    params: oneVersion,
    query: nothing,
    body: nothing,
    answer: nothing,
  }),
  diffVersions: operation({
    method: "GET",
    path: "/api/v1/models/{model}/diff",
    summary: "What differs between two versions, and what of it would break clients",
    tag: "versions",
    role: "viewer",
    params: model,
    query: z.strictObject({ from: versionNumber, to: versionNumber }),
    body: nothing,
    answer: z.strictObject({ from: versionNumber, to: versionNumber, differences: z.array(difference) }),
  }),
  checkVersion: operation({
    method: "POST",
    path: "/api/v1/models/{model}/versions/{version}/check",
    summary: "Run the checks of a promotion without promoting",
    tag: "versions",
    role: "releaser",
    params: oneVersion,
    query: nothing,
    body: z.strictObject({ alias }),
    answer: z.strictObject({ passed: z.boolean(), checks: z.array(check) }),
  }),
  promote: operation({
    method: "POST",
    path: "/api/v1/models/{model}/promote",
    summary: "Move an alias to a version once it loads, warms up and passes its checks",
    tag: "versions",
    role: "releaser",
    hasRevision: true,
    takesIdempotencyKey: true,
    params: model,
    query: nothing,
    body: z.strictObject({
      version: versionNumber,
      alias,
      force: z
        .boolean()
        .default(false)
        .describe("Although signature or golden rows differ; it must load all the same."),
      reason,
    }),
    answer: promotion,
  }),
  rollback: operation({
    method: "POST",
    path: "/api/v1/models/{model}/rollback",
    summary: "Move an alias back to where it stood before, one step or to a version",
    tag: "versions",
    role: "releaser",
    hasRevision: true,
    takesIdempotencyKey: true,
    params: model,
    query: nothing,
    body: z.strictObject({ to: versionNumber.optional(), alias, reason }),
    answer: promotion,
  }),
  listAliases: operation({
    method: "GET",
    path: "/api/v1/models/{model}/aliases",
    summary: "Aliases of a model with where each stood before",
    tag: "versions",
    role: "viewer",
    hasRevision: true,
    params: model,
    query: nothing,
    body: nothing,
    answer: z.strictObject({ aliases: z.array(aliasRecord), revision: z.int() }),
  }),
  deleteAlias: operation({
    method: "DELETE",
    path: "/api/v1/models/{model}/aliases/{alias}",
    summary: "Delete an alias; champion stays while the model has versions",
    tag: "versions",
    role: "releaser",
    status: 204,
    hasRevision: true,
    params: z.strictObject({ model: modelName, alias: aliasName }),
    query: nothing,
    body: nothing,
    answer: nothing,
  }),
  downloadFile: operation({
    method: "GET",
    path: "/api/v1/models/{model}/versions/{version}/files/{file}",
    summary: "The bytes of one file of a version",
    tag: "versions",
    role: "releaser",
    params: oneVersion.extend({ file: z.string() }),
    query: nothing,
    body: nothing,
    answer: nothing,
    raw: "bytes-out",
  }),
  uploadStatus: operation({
    method: "HEAD",
    path: "/api/v1/uploads/{digest}",
    summary: "How much of a file has come: Upload-Offset in bytes, Upload-Complete true or false",
    tag: "versions",
    role: "releaser",
    params: z.strictObject({ digest: sha256 }),
    query: nothing,
    body: nothing,
    answer: nothing,
  }),
  upload: operation({
    method: "PUT",
    path: "/api/v1/uploads/{digest}",
    summary: "Send a file, or with Upload-Offset its rest; it is kept once its SHA-256 is right",
    tag: "versions",
    role: "releaser",
    status: 204,
    params: z.strictObject({ digest: sha256 }),
    query: nothing,
    body: nothing,
    answer: nothing,
    raw: "bytes-in",
  }),
} as const;

export type Check = z.infer<typeof check>;
export type Difference = z.infer<typeof difference>;
export type Promotion = z.infer<typeof promotion>;
