import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { FORMAT, openDatabase } from "../../src/database/index.ts";
import { freshPostgres } from "../kit/postgres.ts";
import { needs } from "../kit/require.ts";
import { checkUpgraded } from "../kit/upgraded-registry.ts";

const skip = needs("postgres");

for (let format = 1; format <= FORMAT; format += 1) {
  const file = `test/artifacts/registry/format-${format}.sql`;
  test(`${file} opens on PostgreSQL, holds what it held, and goes on`, { skip }, async (t) => {
    const postgres = await freshPostgres();
    t.after(() => postgres.drop());
    await postgres.query(await readFile(file, "utf8"));
    const database = await openDatabase(postgres);
    await checkUpgraded(database, `${file}.json`);
    await database.close();
  });
}
