import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import pg from "pg";
import { openDatabase } from "../../src/database/index.ts";
import { openRegistry } from "../../src/registry/index.ts";
import { freshPostgres } from "../kit/postgres.ts";
import { CHANGES, contentOf, fillRegistry } from "../kit/registry-changes.ts";
import { needs } from "../kit/require.ts";

const skip = needs("postgres");

const QUERY = "query";

/** Runs `work` and breaks the connection before its `count`th statement; whether it came to that. */
async function cutAt(t: TestContext, count: number, work: () => Promise<unknown>): Promise<boolean> {
  let statements = 0;
  const original = pg.Client.prototype[QUERY] as (...values: unknown[]) => unknown;
  const { mock } = t.mock.method(
    pg.Client.prototype,
    QUERY,
    function (this: pg.Client, ...values: unknown[]) {
      statements += 1;
      if (statements === count) this.connection.stream.destroy();
      return original.apply(this, values);
    },
  );
  try {
    await work();
  } catch (error) {
    assert.equal((error as { code?: string }).code, "unavailable", String(error));
    return true;
  } finally {
    mock.restore();
  }
  return false;
}

for (const [what, change] of Object.entries(CHANGES)) {
  test(`cut off at any statement of ${what}, a registry on PostgreSQL is as before`, { skip }, async (t) => {
    const postgres = await freshPostgres();
    t.after(() => postgres.drop());
    const database = await openDatabase(postgres);
    const registry = openRegistry({ database });
    await fillRegistry(registry);
    const before = await contentOf(database);
    let count = 1;
    while (await cutAt(t, count, () => change(registry))) {
      assert.deepEqual(await contentOf(database), before, `statement ${count}`);
      count += 1;
    }
    assert.ok(count > 5, `${count} statements`);
    assert.notDeepEqual(await contentOf(database), before);
    await database.close();
  });
}
