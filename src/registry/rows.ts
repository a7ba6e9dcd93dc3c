import type { Tables } from "../database/index.ts";
import type { Signature, TensorSpec } from "../model/index.ts";
import type {
  AliasRecord,
  ArtifactFile,
  AuditEntry,
  EndpointRecord,
  EndpointSpec,
  Lineage,
  ModelRecord,
  VersionRecord,
} from "./contract.ts";

export type ModelRow = Tables["models"];
export type VersionRow = Tables["versions"];
export type AliasRow = Tables["aliases"];
export type EndpointRow = Tables["endpoints"];

/** JSON that this program wrote itself, under the checks of the registry. */
const parse = (text: string): unknown => JSON.parse(text);

export const aliasRecord = (row: AliasRow): AliasRecord => ({
  alias: row.alias,
  version: row.version,
  previous: parse(row.previous) as number[],
  movedAt: row.moved_at,
  movedBy: row.moved_by,
});

/** A model with those of `aliases` that are its own. */
export const modelRecord = (row: ModelRow, aliases: readonly AliasRow[]): ModelRecord => ({
  model: row.name,
  description: row.description,
  tags: parse(row.tags) as Record<string, string>,
  aliases: aliases.filter(({ model }) => model === row.name).map(aliasRecord),
  createdAt: row.created_at,
  revision: row.revision,
});

/** A version with those of `aliases` that stand on it. */
export const versionRecord = (row: VersionRow, aliases: readonly AliasRow[]): VersionRecord => ({
  model: row.model,
  version: row.version,
  digest: row.digest,
  files: filesOf(row),
  bytes: row.bytes,
  signature: signatureOf(row.signature),
  metrics: parse(row.metrics) as Record<string, number>,
  tags: parse(row.tags) as Record<string, string>,
  lineage: parse(row.lineage) as Lineage,
  createdAt: row.created_at,
  createdBy: row.created_by,
  aliases: aliases
    .filter(({ model, version }) => model === row.model && version === row.version)
    .map(({ alias }) => alias),
});

export const filesOf = (row: Pick<VersionRow, "files">): ArtifactFile[] => parse(row.files) as ArtifactFile[];

export const endpointRecord = (row: EndpointRow): EndpointRecord => ({
  endpoint: row.name,
  ...(parse(row.spec) as EndpointSpec),
  revision: row.revision,
  changedAt: row.changed_at,
  changedBy: row.changed_by,
});

export const auditEntry = (row: Tables["audit"]): AuditEntry => ({
  id: row.id,
  at: row.at,
  actor: row.actor,
  action: row.action,
  model: row.model,
  requestId: row.request_id,
  details: parse(row.details) as Record<string, unknown>,
});

/** JSON knows no undefined: a free size without a name was written as null. */
function signatureOf(text: string): Signature {
  const { inputs, outputs } = parse(text) as { inputs: StoredSpec[]; outputs: StoredSpec[] };
  return { inputs: inputs.map(tensorSpec), outputs: outputs.map(tensorSpec) };
}

type StoredSpec = Omit<TensorSpec, "symbols"> & { readonly symbols?: readonly (string | null)[] };

const tensorSpec = ({ symbols, ...spec }: StoredSpec): TensorSpec =>
  symbols === undefined ? spec : { ...spec, symbols: symbols.map((symbol) => symbol ?? undefined) };
