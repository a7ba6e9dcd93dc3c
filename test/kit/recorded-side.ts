import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/database/index.ts";
import { openIdempotency, openRegistry, type Registry } from "../../src/registry/index.ts";
import type { RegistrySide } from "../../src/server/admin/handlers.ts";
import { Replays } from "../../src/server/admin/replays.ts";
import type { Releases } from "../../src/server/releases/contract.ts";
import { emptyRegistry } from "./empty-registry.ts";

const SIGNATURE = {
  inputs: [{ name: "x", dtype: "FP32", shape: [-1, 1], batchAxis: 0 }],
  outputs: [{ name: "y", dtype: "FP32", shape: [-1, 1], batchAxis: 0 }],
} as const;

/** Real records in a temporary file, while nothing is loaded: releases change the records alone. */
export async function withRecords(use: (side: RegistrySide) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-records-"));
  const database = await openDatabase({ file: join(folder, "sirve.db") });
  const idempotency = openIdempotency({ database });
  try {
    const registry = openRegistry({ database });
    const replays = new Replays(idempotency);
    await use({ ...emptyRegistry(), registry, replays, releases: recordingReleases(registry) });
  } finally {
    idempotency.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function recordingReleases(registry: Registry): Releases {
  return {
    ...emptyRegistry().releases,
    add: async (request, actor) => {
      const added = await registry.addVersion({ ...request, signature: SIGNATURE }, actor);
      return { ...added, checks: [] };
    },
    check: async () => [],
    async promote(request, actor) {
      const { alias, from } = await registry.moveAlias({ ...request, kind: "promote" }, actor);
      return {
        model: request.model,
        alias: alias.alias,
        version: alias.version,
        previous: from,
        checks: [],
        swapMs: 0,
      };
    },
    async rollback({ model, alias, to, ...rest }, actor) {
      const { aliases } = await registry.model(model);
      const version = to ?? aliases.find((one) => one.alias === alias)?.previous[0] ?? 0;
      const moved = await registry.moveAlias({ model, alias, version, kind: "rollback", ...rest }, actor);
      return { model, alias, version: moved.alias.version, previous: moved.from, checks: [], swapMs: 0 };
    },
    diff: async (model, from, to) => {
      await registry.version(model, from);
      await registry.version(model, to);
      return [];
    },
    sync: async () => {},
    answered: () => [],
    shadowReport: () => undefined,
  };
}
