import { Kysely, type Transaction } from "kysely";
import { PlatformError } from "../base/index.ts";
import { FORMAT, newerFormat } from "./format.ts";
import { migrate } from "./migrate.ts";
import { postgresDialect } from "./postgres.ts";
import { mayBeRepeated } from "./postgres-error.ts";
import type { Tables } from "./schema.ts";
import { sqliteDialect } from "./sqlite.ts";

/** Where the records lie: a file of SQLite, or a PostgreSQL database. */
export type DatabasePlace = { readonly file: string } | { readonly url: string };

export type DatabaseKind = "sqlite" | "postgres";

/** The records of a server, open and in this program's format. */
export interface Database {
  readonly kind: DatabaseKind;
  /** The identity of this store: the same for all servers on it. */
  readonly storeId: string;
  /** Single statements. Inside {@link change} and {@link read} use the transaction instead, or it waits for itself. */
  readonly kysely: Kysely<Tables>;
  /**
   * One transaction that changes records: all of it or nothing, on the disk when it resolves. Changes of
   * all servers on the store run one after another, so what is read in one stays true until its end and
   * audit lines are numbered in the order of their commits. It may run again if PostgreSQL asks for it.
   *
   * @throws PlatformError `failed_precondition` if a newer Sirve has migrated the store meanwhile;
   *   `unavailable` if the database does not answer.
   */
  change<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** One transaction that only reads, all of it at one moment. */
  read<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens the records, migrates them to the format of this program, creates them where there are none.
 *
 * @throws PlatformError `failed_precondition` if a newer Sirve wrote them; `unavailable` if PostgreSQL does
 *   not answer.
 */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  const kind = kindOf(place);
  const kysely = newKysely(place, "write");
  try {
    await migrate(kysely, kind);
    const { store_id: storeId } = await kysely
      .selectFrom("format")
      .select("store_id")
      .executeTakeFirstOrThrow();
    return new OpenDatabase(kind, storeId, kysely);
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
}

/** Which database a place is in. */
export const kindOf = (place: DatabasePlace): DatabaseKind => ("file" in place ? "sqlite" : "postgres");

/** Kysely on a place, which it opens with the first query. */
export function newKysely(place: DatabasePlace, access: "read" | "write"): Kysely<Tables> {
  const dialect = "file" in place ? sqliteDialect(place.file, access) : postgresDialect(place.url);
  return new Kysely<Tables>({ dialect });
}

/** How often a transaction is made that PostgreSQL undoes because of another one. */
const ATTEMPTS = 5;

class OpenDatabase implements Database {
  readonly kind: DatabaseKind;
  readonly storeId: string;
  readonly kysely: Kysely<Tables>;

  constructor(kind: DatabaseKind, storeId: string, kysely: Kysely<Tables>) {
    this.kind = kind;
    this.storeId = storeId;
    this.kysely = kysely;
  }

  async change<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.kysely.transaction().execute(async (tx) => {
          await takeTurn(tx, this.kind);
          return await work(tx);
        });
      } catch (error) {
        if (attempt === ATTEMPTS || !mayBeRepeated(error)) throw error;
      }
    }
  }

  async read<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    // SQLite knows no levels; there a transaction always sees one moment.
    const atOneMoment = this.kysely
      .transaction()
      .setAccessMode("read only")
      .setIsolationLevel("repeatable read");
    return await atOneMoment.execute(work);
  }

  async close(): Promise<void> {
    await this.kysely.destroy();
  }
}

/** Holds the one row of `format` until the end of the transaction; SQLite has the whole file to itself anyway. */
async function takeTurn(tx: Transaction<Tables>, kind: DatabaseKind): Promise<void> {
  const query = tx.selectFrom("format").select("version");
  const row = await (kind === "postgres" ? query.forUpdate() : query).executeTakeFirst();
  if (row === undefined) throw new PlatformError("failed_precondition", "the store has lost its format");
  if (row.version !== FORMAT) throw newerFormat(row.version);
}
