import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Kysely, sql } from "kysely";
import { PlatformError } from "../base/index.ts";
import { databaseFileOf, isInUse } from "./data-directory.ts";
import { type DatabasePlace, kindOf, newKysely } from "./database.ts";
import { FORMAT, newerFormat } from "./format.ts";
import { formatOf } from "./migrate.ts";
import type { Tables } from "./schema.ts";

/** What a check of a store found, and what to do about it. */
export interface StoreFinding {
  readonly check: string;
  readonly status: "ok" | "warn" | "fail";
  readonly detail: string;
  /** Set unless it is ok. */
  readonly remedy?: string;
}

/**
 * Reads a store as it lies there, without migrating it; a server may run on it.
 *
 * @throws PlatformError `failed_precondition` if it is not in this program's format.
 */
export async function inspectStore<T>(
  place: DatabasePlace,
  work: (records: Kysely<Tables>) => Promise<T>,
): Promise<T> {
  const kysely = newKysely(place, "read");
  try {
    const format = await formatOf(kysely);
    if (format > FORMAT) throw newerFormat(format);
    if (format < FORMAT) {
      const message = `the store has format ${format}; it becomes ${FORMAT} when a server starts on it`;
      throw new PlatformError("failed_precondition", message, { field: "format", got: String(format) });
    }
    return await work(kysely);
  } finally {
    await kysely.destroy();
  }
}

/** Whether a data directory is there, private and free, and its database whole. */
export async function inspectDataDirectory(directory: string): Promise<readonly StoreFinding[]> {
  const path = resolve(directory);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return [warn(`${path} is not there yet`, "sirve serve --data makes it")];
  if (!stat.isDirectory()) return [fail(`${path} is no directory`, "name another with --data")];
  const use = isInUse(path) ? `${path}: a server runs on it` : `${path}: no server runs on it`;
  const file = databaseFileOf(path);
  const records = existsSync(file)
    ? await inspectDatabase({ file })
    : [warn("it holds no sirve.db", "none is needed with --database-url; else a server makes it")];
  return [{ check: "data", status: "ok", detail: use }, ...modeFindings(path, stat.mode), ...records];
}

function modeFindings(path: string, mode: number): StoreFinding[] {
  const open = mode & 0o077;
  if (open === 0) return [];
  const shown = (mode & 0o777).toString(8);
  return [warn(`${path} has mode ${shown}: others may look into it`, `chmod 700 ${path}`)];
}

/** Whether a database answers, is in this program's format and, as far as SQLite can tell, undamaged. */
export async function inspectDatabase(place: DatabasePlace): Promise<readonly StoreFinding[]> {
  try {
    return await inspectStore(place, async (records) => {
      const problems = kindOf(place) === "sqlite" ? await damages(records) : [];
      const damaged = problems.map((problem) => fail(problem, "restore a backup: sirve restore"));
      if (damaged.length > 0) return damaged;
      return [{ check: "data", status: "ok", detail: `records in format ${FORMAT}` }];
    });
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return [fail(error.message, error.details.hint ?? "see the message")];
  }
}

/** SQLite's own checks of pages, indices and references; at most ten lines. */
async function damages(records: Kysely<Tables>): Promise<readonly string[]> {
  const whole = await sql<{ integrity_check: string }>`pragma integrity_check(10)`.execute(records);
  const references = await sql<{ table: string; parent: string }>`pragma foreign_key_check`.execute(records);
  return [
    ...whole.rows.map((row) => row.integrity_check).filter((line) => line !== "ok"),
    ...references.rows.slice(0, 10).map((row) => `a row of ${row.table} names none of ${row.parent}`),
  ];
}

const warn = (detail: string, remedy: string): StoreFinding => ({
  check: "data",
  status: "warn",
  detail,
  remedy,
});
const fail = (detail: string, remedy: string): StoreFinding => ({
  check: "data",
  status: "fail",
  detail,
  remedy,
});
