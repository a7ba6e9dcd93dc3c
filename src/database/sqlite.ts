import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from "kysely";
import { translateSqliteError } from "./sqlite-error.ts";
import { TranslatingDriver } from "./translating-driver.ts";

/** How long a statement waits for a lock of another process: a copy that is being made, a check. */
const BUSY_MS = 5000;

/**
 * SQLite in one file, through Node's own module. A transaction that is answered is on the disk (WAL with
 * synchronous=FULL). Kysely gives the one connection to one transaction at a time.
 */
export function sqliteDialect(file: string, access: "read" | "write" = "write"): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () =>
      new TranslatingDriver(
        new NodeSqliteDriver(() => (access === "read" ? openToRead(file) : openFile(file))),
        translateSqliteError,
      ),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** Kysely's driver over `node:sqlite`, with transactions that cannot fail half-way for want of the lock. */
class NodeSqliteDriver extends SqliteDriver {
  readonly #database: () => DatabaseSync | undefined;

  constructor(open: () => DatabaseSync) {
    let database: DatabaseSync | undefined;
    super({
      database: () => {
        database = open();
        return Promise.resolve(adapt(database));
      },
    });
    this.#database = () => database;
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    settings?: TransactionSettings,
  ): Promise<void> {
    const isReading = settings?.accessMode === "read only";
    await connection.executeQuery(CompiledQuery.raw(isReading ? "begin" : "begin immediate"));
  }

  /** SQLite itself has ended the transaction already after some errors, such as a full disk. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database()?.isTransaction !== false) await super.rollbackTransaction(connection);
  }
}

function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
  try {
    database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Changes nothing, not even a setting of the file. */
const openToRead = (file: string): DatabaseSync =>
  new DatabaseSync(file, { timeout: BUSY_MS, readOnly: true });

function adapt(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...bound(parameters)),
        run: (parameters) => statement.run(...bound(parameters)),
        iterate: (parameters) => iterate(statement, parameters),
      };
    },
  };
}

const iterate = (statement: StatementSync, parameters: readonly unknown[]): IterableIterator<unknown> =>
  statement.iterate(...bound(parameters));

/** node:sqlite checks each value itself and refuses what it cannot bind. */
const bound = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[];
