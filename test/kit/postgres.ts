import { randomBytes } from "node:crypto";
import pg from "pg";

/** A database of its own on the PostgreSQL of DATABASE_URL. */
export interface FreshPostgres {
  readonly url: string;
  /** Runs SQL on it, as somebody else would. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** Makes an empty database; each test has its own. */
export async function freshPostgres(): Promise<FreshPostgres> {
  const server = process.env["DATABASE_URL"] ?? "";
  const name = `sirve_test_${randomBytes(6).toString("hex")}`;
  await run(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    query: (sql) => run(url.href, sql),
    drop: async () => void (await run(server, `drop database ${name} with (force)`)),
  };
}

async function run(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}
