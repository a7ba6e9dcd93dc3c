import { type Kysely, sql, type Transaction } from "kysely";
import type { DatabaseKind } from "./database.ts";
import { newerFormat } from "./format.ts";
import type { Migration } from "./migration.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import type { Tables } from "./schema.ts";

/** Names the lock among PostgreSQL's advisory locks: "sirve" in ASCII. */
const LOCK = 0x73_69_72_76_65;

/**
 * Brings a store to the format of this program: forward only, each step a transaction of its own under a
 * lock, so that a step is whole or has not happened and servers that start together do it once.
 */
export async function migrate(
  db: Kysely<Tables>,
  kind: DatabaseKind,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  while (await step(db, kind, migrations));
}

/** One migration; false when there is none left. */
async function step(
  db: Kysely<Tables>,
  kind: DatabaseKind,
  migrations: readonly Migration[],
): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    if (kind === "postgres") await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(tx);
    const version = await formatOf(tx);
    if (version > migrations.length) throw newerFormat(version, migrations.length);
    const migration = migrations[version];
    if (!migration) return false;
    await migration(tx, kind);
    await tx
      .updateTable("format")
      .set({ version: version + 1 })
      .execute();
    return true;
  });
}

/** The format of a store; 0 for an empty database. */
export async function formatOf(db: Kysely<Tables> | Transaction<Tables>): Promise<number> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === "format")) return 0;
  const row = await db.selectFrom("format").select("version").executeTakeFirst();
  return row?.version ?? 0;
}
