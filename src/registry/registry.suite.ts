import { describe, test } from "node:test";
import { aliasTests } from "./registry-aliases.suite.ts";
import { endpointTests } from "./registry-endpoints.suite.ts";
import { idempotencyTests } from "./registry-idempotency.suite.ts";
import { modelTests } from "./registry-models.suite.ts";
import { propertyTests } from "./registry-property.suite.ts";
import { raceTests } from "./registry-races.suite.ts";
import { type Handles, type RegistryTests, scenes } from "./registry-scene.suite.ts";
import { versionTests } from "./registry-versions.suite.ts";

const TESTS: RegistryTests = {
  ...modelTests,
  ...versionTests,
  ...aliasTests,
  ...endpointTests,
  ...raceTests,
  ...idempotencyTests,
  ...propertyTests,
};

/** What a registry must do, whichever database keeps its records. `open` gives an empty store each time. */
export function describeRegistry(database: string, open: () => Promise<Handles>): void {
  describe(`a registry on ${database}`, () => {
    const scene = scenes(open);
    for (const [title, run] of Object.entries(TESTS)) test(title, async () => run(await scene()));
  });
}
