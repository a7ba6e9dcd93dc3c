import type { Database } from "../../src/database/index.ts";
import { openRegistry } from "../../src/registry/index.ts";

/** What a registry holds, as its users see it, and the keys with it: plain JSON, the same after every upgrade. */
export async function registrySnapshot(database: Database): Promise<unknown> {
  const registry = openRegistry({ database });
  const { models, endpoints } = await registry.state();
  const page = { limit: 1000 };
  const versions = await Promise.all(models.map(({ model }) => registry.listVersions(model, page)));
  const keys = await database.kysely
    .selectFrom("keys")
    .select(["id", "name", "hash", "role", "models", "expires_at", "requests_per_second", "requests_per_day"])
    .orderBy("id")
    .execute();
  const snapshot = {
    storeId: database.storeId,
    models,
    endpoints,
    versions: versions.flatMap(({ items }) => items),
    audit: (await registry.audit(page)).items,
    keys,
  };
  return JSON.parse(JSON.stringify(snapshot));
}
