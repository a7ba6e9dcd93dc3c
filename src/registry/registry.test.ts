import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../database/index.ts";
import { describeRegistry } from "./registry.suite.ts";

describeRegistry("SQLite", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sirve-registry-"));
  // One process at a time has a data directory.
  const database = await openDatabase({ file: join(directory, "sirve.db") });
  const close = async () => {
    await database.close();
    await rm(directory, { recursive: true });
  };
  return { first: database, second: database, close };
});
