import { existsSync, renameSync, rmSync } from "node:fs";
import { type Kysely, sql } from "kysely";
import { PlatformError } from "../base/index.ts";
import { type Database, type DatabasePlace, kindOf, newKysely } from "./database.ts";
import { FORMAT, newerFormat } from "./format.ts";
import { formatOf, migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import type { Tables } from "./schema.ts";

/** Whose records these are, and how they are written. */
export interface RecordsHead {
  readonly format: number;
  readonly storeId: string;
}

/** One row of a table, as any of the databases keeps it. */
export interface RecordsRow {
  readonly table: string;
  readonly row: Readonly<Record<string, string | number | null>>;
}

/**
 * Tables with the columns that order them, each after those that it refers to. Answers to idempotency keys are
 * left out: they hold for a day, on the store where they were given.
 */
const TABLES = {
  models: ["name"],
  retired_models: ["name"],
  versions: ["model", "version"],
  aliases: ["model", "alias"],
  endpoints: ["name"],
  audit: ["id"],
  keys: ["id"],
  key_usage: ["key_id", "day"],
} as const satisfies Partial<Record<keyof Tables, readonly string[]>>;

type TableName = keyof typeof TABLES;

const ROWS_AT_ONCE = 500;

/**
 * Hands over every record as of one moment, a table after another. `take` should not be slow: PostgreSQL ends
 * a transaction that is left alone for half a minute.
 */
export async function exportRecords(
  database: Database,
  take: (row: RecordsRow) => Promise<void>,
): Promise<RecordsHead> {
  return await database.read(async (tx) => {
    for (const table of Object.keys(TABLES) as TableName[]) {
      for await (const row of rowsOf(tx, table)) await take({ table, row });
    }
    return { format: FORMAT, storeId: database.storeId };
  });
}

type Row = RecordsRow["row"];

/** Rows of a table in the order of its key, some at a time. */
async function* rowsOf(tx: Kysely<Tables>, table: TableName): AsyncGenerator<Row> {
  const columns = TABLES[table];
  const key = sql.join(columns.map((column) => sql.ref(column)));
  let after = sql``;
  for (;;) {
    const page = sql<Row>`select * from ${sql.table(table)} ${after} order by ${key} limit ${ROWS_AT_ONCE}`;
    const { rows } = await page.execute(tx);
    for (const row of rows) yield { ...row };
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    after = sql`where (${key}) > (${sql.join(columns.map((column) => last[column]))})`;
  }
}

/**
 * Writes exported records into an empty place, all of them or none, and brings them to the format of this
 * program. They may come from the other kind of database, or from an older Sirve.
 *
 * @throws PlatformError `failed_precondition` if there are records already, or a newer Sirve exported them;
 *   `invalid_argument` for a row that no store holds.
 */
export async function importRecords(
  place: DatabasePlace,
  head: RecordsHead,
  rows: AsyncIterable<RecordsRow>,
): Promise<void> {
  if (head.format > FORMAT) throw newerFormat(head.format);
  if (!Number.isInteger(head.format) || head.format < 1) throw wrong("format", String(head.format));
  if ("file" in place && !existsSync(place.file)) await importToNewFile(place.file, head, rows);
  else await importInto(place, head, rows);
}

/** Beside the place, then moved there: whatever ends the process, the file is whole or not there. */
async function importToNewFile(
  file: string,
  head: RecordsHead,
  rows: AsyncIterable<RecordsRow>,
): Promise<void> {
  const part = `${file}.part`;
  const removePart = () => {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${part}${end}`, { force: true });
  };
  removePart();
  try {
    await importInto({ file: part }, head, rows);
    renameSync(part, file);
  } finally {
    removePart();
  }
}

async function importInto(
  place: DatabasePlace,
  head: RecordsHead,
  rows: AsyncIterable<RecordsRow>,
): Promise<void> {
  const kysely = newKysely(place, "write");
  try {
    const found = await formatOf(kysely);
    if (found === 0) await migrate(kysely, kindOf(place), MIGRATIONS.slice(0, head.format));
    else await requireUnused(kysely, found === head.format);
    await insertAll(kysely, head, rows);
    await migrate(kysely, kindOf(place));
  } finally {
    await kysely.destroy();
  }
}

/** A store that was made and never used may be filled, if it has the right format. */
async function requireUnused(kysely: Kysely<Tables>, isRightFormat: boolean): Promise<void> {
  const used = await kysely.selectFrom("audit").select("id").limit(1).execute();
  const keys = await kysely.selectFrom("keys").select("id").limit(1).execute();
  if (isRightFormat && used.length + keys.length === 0) return;
  const message = isRightFormat ? "the store holds records already" : "there is a store of another format";
  const hint = "Restore into an empty data directory or database.";
  throw new PlatformError("failed_precondition", message, { hint });
}

async function insertAll(
  kysely: Kysely<Tables>,
  { storeId }: RecordsHead,
  rows: AsyncIterable<RecordsRow>,
): Promise<void> {
  await kysely.transaction().execute(async (tx) => {
    const columns = await columnsOf(tx);
    for await (const { table, row } of rows) {
      checkRow(table, row, columns.get(table));
      const names = sql.join(Object.keys(row).map((name) => sql.ref(name)));
      const values = sql.join(Object.values(row));
      await sql`insert into ${sql.table(table)} (${names}) values (${values})`.execute(tx);
    }
    await tx.updateTable("format").set({ store_id: storeId }).execute();
  });
}

/** The columns that each table has in the format in force. */
async function columnsOf(tx: Kysely<Tables>): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const tables = await tx.introspection.getTables();
  const ours = tables.filter(({ name }) => name in TABLES);
  return new Map(ours.map((table) => [table.name, new Set(table.columns.map(({ name }) => name))]));
}

/** An archive may come from anywhere: what is no row of ours never becomes SQL. */
function checkRow(table: string, row: Row, columns: ReadonlySet<string> | undefined): void {
  if (columns === undefined) throw wrong("table", table);
  const names = Object.keys(row);
  const isWhole = names.length === columns.size && names.every((name) => columns.has(name));
  if (!isWhole) throw wrong(`columns of ${table}`, names.join(", "));
  for (const [name, value] of Object.entries(row)) {
    const isValue = value === null || typeof value === "string" || Number.isFinite(value);
    if (!isValue) throw wrong(`${table}.${name}`, typeof value);
  }
}

const wrong = (field: string, got: string): PlatformError => {
  const shown = got.slice(0, 100);
  return new PlatformError(
    "invalid_argument",
    `the exported records are not of a Sirve: ${field} is '${shown}'`,
    {
      field,
      got: shown,
    },
  );
};
