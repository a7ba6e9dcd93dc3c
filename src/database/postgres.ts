import {
  type Dialect,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import pg from "pg";
import { PlatformError } from "../base/index.ts";
import { translatePostgresError } from "./postgres-error.ts";
import { discardingPool } from "./postgres-pool.ts";
import { TranslatingDriver } from "./translating-driver.ts";

/** Bounds of the connections to PostgreSQL. A peer that hangs in a transaction is thrown out by the server. */
const LIMITS = {
  max: 10,
  connectionTimeoutMillis: 5000,
  idleTimeoutMillis: 30_000,
  statement_timeout: 12_000,
  query_timeout: 15_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 30_000,
};

/** PostgreSQL by its URL, whose `sslmode` and `sslrootcert` say how the connection is protected. */
export function postgresDialect(url: string): Dialect {
  const pool = createPool(url);
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () =>
      new TranslatingDriver(new PostgresDriver({ pool: discardingPool(pool) }), translatePostgresError),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

function createPool(url: string): pg.Pool {
  checkUrl(url);
  const pool = new pg.Pool({
    ...LIMITS,
    connectionString: url,
    application_name: "sirve",
    keepAlive: true,
    types: parsers(),
  });
  // A connection that breaks fails the query that runs on it and leaves the pool; without a listener the
  // event would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Now rather than at the first query; its error is dropped, because it holds the URL and so the password. */
function checkUrl(url: string): void {
  try {
    void new pg.Client({ connectionString: url });
  } catch {
    const message = "SIRVE_DATABASE_URL is no address of a PostgreSQL database";
    const expected = "postgresql://user:password@host:port/database";
    throw new PlatformError("invalid_argument", message, { field: "databaseUrl", expected });
  }
}

/** Parsers of values: 64-bit integers as numbers, for counters stay far below 2⁵³. */
function parsers(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}
