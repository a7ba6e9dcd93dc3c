import { z } from "zod";
import {
  aliasName,
  metrics,
  modelName,
  next,
  revision,
  sha256,
  tags,
  timestamp,
  versionNumber,
} from "./common.ts";

/** One file of a version's artifact. */
export const artifactFile = z.strictObject({
  name: z
    .string()
    .regex(/^(?!\.)[A-Za-z0-9._-]{1,128}$/, "1 to 128 letters, digits, '.', '_' or '-', not first a '.'")
    .describe("Flat file name: model.onnx, model.json, golden.json, labels, external data."),
  digest: sha256,
  bytes: z.int().min(0),
});

/** Where a version comes from. */
export const lineage = z.strictObject({
  data: z.string().max(2000).optional().describe("The training data: a path, address or digest."),
  code: z.string().max(2000).optional().describe("The code: a commit or address."),
  run: z.string().max(2000).optional().describe("The training run: an id or address."),
  parent: versionNumber.optional().describe("The version that it was made from."),
});

const tensorSpec = z.looseObject({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.int()),
});

const signature = z.strictObject({ inputs: z.array(tensorSpec), outputs: z.array(tensorSpec) });

const loadState = z.enum(["unloaded", "loading", "ready", "draining", "failed"]);

/** Where a version stands on the server that answers. */
export const versionStatus = z
  .looseObject({
    version: versionNumber,
    state: loadState,
    reason: z.string().optional().describe("Why it failed, or what it waits for."),
    loadMs: z.number().optional(),
    memoryBytes: z.number().optional(),
    artifactBytes: z.number().optional(),
    digest: z.string().optional().describe("SHA-256 of model.onnx."),
    batching: z.looseObject({ mode: z.string() }).optional(),
  })
  .describe("Where a version stands on this server.");

/** An immutable version as the registry keeps it; only its tags may change. */
export const versionRecord = z.strictObject({
  model: modelName,
  version: versionNumber,
  digest: sha256.describe("SHA-256 of the artifact: of its files' names and digests."),
  files: z.array(artifactFile),
  bytes: z.int().min(0).describe("Size of all files."),
  signature,
  metrics,
  tags,
  lineage,
  createdAt: timestamp,
  createdBy: z.string().describe('Who added it: "key:ab12cd34"; "" without authentication.'),
  aliases: z.array(aliasName),
});

export const aliasRecord = z.strictObject({
  alias: aliasName,
  version: versionNumber,
  previous: z.array(versionNumber).describe("Where it stood before, last first: what roll back goes to."),
  movedAt: timestamp,
  movedBy: z.string(),
});

/** A model with its aliases, as the registry keeps it, or as it lies in a folder. */
export const modelRecord = z.looseObject({
  model: modelName,
  description: z.string().optional(),
  tags: tags.optional(),
  aliases: z.array(aliasRecord).optional(),
  serving: versionNumber.optional().describe("The version that answers for the model's name."),
  versions: z.array(versionStatus).describe("States on this server."),
  createdAt: timestamp.optional(),
  revision: revision.optional(),
});

export const auditEntry = z.strictObject({
  id: z.int().describe("Grows; also the id of the event."),
  at: timestamp,
  actor: z.string(),
  action: z.string().describe('Such as "version.add", "alias.move", "endpoint.set", "key.create".'),
  model: z.string().describe('The model or endpoint concerned; "" for none.'),
  requestId: z.string(),
  details: z.record(z.string(), z.json()),
});

export const auditPage = z.strictObject({ entries: z.array(auditEntry), next });

export type ArtifactFile = z.infer<typeof artifactFile>;
export type Lineage = z.infer<typeof lineage>;
export type VersionRecord = z.infer<typeof versionRecord>;
export type AliasRecord = z.infer<typeof aliasRecord>;
export type ModelRecord = z.infer<typeof modelRecord>;
export type AuditEntry = z.infer<typeof auditEntry>;
