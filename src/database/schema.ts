/**
 * The tables, the same on SQLite and PostgreSQL. Times are ISO 8601 in UTC as text, which sorts; JSON is
 * text that this program alone reads; counters that PostgreSQL gives back as text are numbers here.
 */
export interface Tables {
  /** One row: the format of this store, and the identity by which its parts find each other. */
  readonly format: FormatTable;
  readonly models: ModelTable;
  readonly retired_models: RetiredModelTable;
  readonly versions: VersionTable;
  readonly aliases: AliasTable;
  readonly endpoints: EndpointTable;
  readonly audit: AuditTable;
  readonly keys: KeyTable;
  readonly key_usage: KeyUsageTable;
  readonly idempotency: IdempotencyTable;
}

interface FormatTable {
  version: number;
  store_id: string;
}

interface ModelTable {
  name: string;
  description: string;
  /** JSON object. */
  tags: string;
  /** The number that the next version gets: numbers of deleted versions are never given again. */
  next_version: number;
  /** Grows with every change of the model, its versions or aliases. */
  revision: number;
  created_at: string;
}

/** Deleted models: a model of the same name goes on with the numbers. */
interface RetiredModelTable {
  name: string;
  next_version: number;
}

interface VersionTable {
  model: string;
  version: number;
  /** SHA-256 of the artifact. */
  digest: string;
  /** JSON array of `{name, digest, bytes}`. */
  files: string;
  bytes: number;
  /** JSON of a signature. */
  signature: string;
  metrics: string;
  tags: string;
  lineage: string;
  created_at: string;
  created_by: string;
}

interface AliasTable {
  model: string;
  alias: string;
  version: number;
  /** JSON array of versions, last first. */
  previous: string;
  moved_at: string;
  moved_by: string;
}

interface EndpointTable {
  name: string;
  /** JSON of the spec. */
  spec: string;
  revision: number;
  changed_at: string;
  changed_by: string;
}

interface AuditTable {
  /** Without gaps, in the order of commits; given by appendAudit. */
  id: number;
  at: string;
  actor: string;
  action: string;
  model: string;
  request_id: string;
  details: string;
}

interface KeyTable {
  id: string;
  name: string;
  /** SHA-256 of the secret, hex. */
  hash: string;
  /** The hash before the last rotation, which goes on working until `previous_until`. */
  previous_hash: string | null;
  previous_until: string | null;
  role: string;
  /** JSON array of patterns. */
  models: string;
  expires_at: string | null;
  requests_per_second: number | null;
  requests_per_day: number | null;
  created_at: string;
  created_by: string;
  revoked_at: string | null;
  last_used_at: string | null;
}

interface KeyUsageTable {
  key_id: string;
  /** "2026-11-26" */
  day: string;
  requests: number;
}

interface IdempotencyTable {
  /** Caller and key together. */
  id: string;
  /** SHA-256 of operation, parameters and body. */
  fingerprint: string;
  /** Null while the first request is under way. */
  status: number | null;
  body: string | null;
  created_at: string;
}
