import { randomUUID } from "node:crypto";
import { type CreateTableBuilder, type RawBuilder, sql } from "kysely";
import type { Migration } from "../migration.ts";

/** Column types that both databases know; text is compared byte by byte. */
interface ColumnTypes {
  readonly text: RawBuilder<unknown>;
  readonly count: "bigint";
  readonly real: "double precision";
}

type Columns = Readonly<Record<string, keyof ColumnTypes | `${keyof ColumnTypes}?`>>;

/** Format 1: models, versions, aliases, endpoints, audit log, keys with their use, idempotency keys. */
export const createTables: Migration = async (tx, kind) => {
  const types: ColumnTypes = {
    text: kind === "postgres" ? sql`text collate "C"` : sql`text`,
    count: "bigint",
    real: "double precision",
  };
  const table = (name: string, columns: Columns): CreateTableBuilder<string, string> =>
    addColumns(tx.schema.createTable(name), types, columns);

  await table("format", { version: "count", store_id: "text" }).execute();
  // The step that follows sets the version.
  await tx.insertInto("format").values({ version: 0, store_id: randomUUID() }).execute();

  await table("models", MODELS).addPrimaryKeyConstraint("models_key", ["name"]).execute();
  await table("retired_models", { name: "text", next_version: "count" })
    .addPrimaryKeyConstraint("retired_models_key", ["name"])
    .execute();
  await table("versions", VERSIONS)
    .addPrimaryKeyConstraint("versions_key", ["model", "version"])
    .addUniqueConstraint("versions_artifact", ["model", "digest"])
    .addForeignKeyConstraint("versions_model", ["model"], "models", ["name"])
    .execute();
  await table("aliases", ALIASES)
    .addPrimaryKeyConstraint("aliases_key", ["model", "alias"])
    .addForeignKeyConstraint("aliases_version", ["model", "version"], "versions", ["model", "version"])
    .execute();
  await table("endpoints", ENDPOINTS).addPrimaryKeyConstraint("endpoints_key", ["name"]).execute();
  await table("audit", AUDIT).addPrimaryKeyConstraint("audit_key", ["id"]).execute();
  await table("keys", KEYS).addPrimaryKeyConstraint("keys_key", ["id"]).execute();
  await table("key_usage", { key_id: "text", day: "text", requests: "count" })
    .addPrimaryKeyConstraint("key_usage_key", ["key_id", "day"])
    .addForeignKeyConstraint("key_usage_of", ["key_id"], "keys", ["id"])
    .execute();
  await table("idempotency", IDEMPOTENCY).addPrimaryKeyConstraint("idempotency_key", ["id"]).execute();

  await tx.schema.createIndex("audit_of_model").on("audit").columns(["model", "id"]).execute();
  await tx.schema.createIndex("audit_of_action").on("audit").columns(["action", "id"]).execute();
  await tx.schema.createIndex("aliases_on_version").on("aliases").columns(["model", "version"]).execute();
  await tx.schema.createIndex("idempotency_age").on("idempotency").columns(["created_at"]).execute();
};

const MODELS: Columns = {
  name: "text",
  description: "text",
  tags: "text",
  next_version: "count",
  revision: "count",
  created_at: "text",
};

const VERSIONS: Columns = {
  model: "text",
  version: "count",
  digest: "text",
  files: "text",
  bytes: "count",
  signature: "text",
  metrics: "text",
  tags: "text",
  lineage: "text",
  created_at: "text",
  created_by: "text",
};

const ALIASES: Columns = {
  model: "text",
  alias: "text",
  version: "count",
  previous: "text",
  moved_at: "text",
  moved_by: "text",
};

const ENDPOINTS: Columns = {
  name: "text",
  spec: "text",
  revision: "count",
  changed_at: "text",
  changed_by: "text",
};

const AUDIT: Columns = {
  id: "count",
  at: "text",
  actor: "text",
  action: "text",
  model: "text",
  request_id: "text",
  details: "text",
};

const KEYS: Columns = {
  id: "text",
  name: "text",
  hash: "text",
  previous_hash: "text?",
  previous_until: "text?",
  role: "text",
  models: "text",
  expires_at: "text?",
  requests_per_second: "real?",
  requests_per_day: "count?",
  created_at: "text",
  created_by: "text",
  revoked_at: "text?",
  last_used_at: "text?",
};

const IDEMPOTENCY: Columns = {
  id: "text",
  fingerprint: "text",
  status: "count?",
  body: "text?",
  created_at: "text",
};

function addColumns(
  builder: CreateTableBuilder<string>,
  types: ColumnTypes,
  columns: Columns,
): CreateTableBuilder<string, string> {
  let table: CreateTableBuilder<string, string> = builder;
  for (const [name, type] of Object.entries(columns)) {
    const isOptional = type.endsWith("?");
    const plain = types[type.replace("?", "") as keyof ColumnTypes];
    table = table.addColumn(name, plain as "text", (column) => (isOptional ? column : column.notNull()));
  }
  return table;
}
