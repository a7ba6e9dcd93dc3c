import type { PostgresPool, PostgresPoolClient } from "kysely";
import type pg from "pg";

/** What pg says of a query whose answer did not come in time. */
const TIMED_OUT = "Query read timeout";

/**
 * A pool for kysely that a connection leaves once it has not answered in time: whoever got it next would wait
 * behind an answer that may never come.
 */
export function discardingPool(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => discarding(await pool.connect()),
    end: async () => pool.end(),
  };
}

function discarding(client: pg.PoolClient): PostgresPoolClient {
  let timedOut: Error | undefined;
  const query = async (text: string, values: unknown[]) => {
    // What follows in the transaction is not waited for: its end least of all.
    if (timedOut) throw timedOut;
    try {
      return await client.query(text, values);
    } catch (error) {
      if (error instanceof Error && error.message === TIMED_OUT) timedOut = error;
      throw error;
    }
  };
  return {
    // Kysely asks by a cursor only where it is given one.
    query: query as unknown as PostgresPoolClient["query"],
    release: (destroy = false) => client.release(destroy || timedOut !== undefined),
  };
}
