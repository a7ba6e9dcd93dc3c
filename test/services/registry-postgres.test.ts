import { test } from "node:test";
import { openDatabase } from "../../src/database/index.ts";
import { describeRegistry } from "../../src/registry/registry.suite.ts";
import { freshPostgres } from "../kit/postgres.ts";
import { needs } from "../kit/require.ts";

const missing = needs("postgres");

if (missing) test("the registry on PostgreSQL", { skip: missing });
else {
  describeRegistry("PostgreSQL", async () => {
    const postgres = await freshPostgres();
    const [first, second] = await Promise.all([openDatabase(postgres), openDatabase(postgres)]);
    const close = async () => {
      await Promise.all([first.close(), second.close()]);
      await postgres.drop();
    };
    return { first, second, close };
  });
}
