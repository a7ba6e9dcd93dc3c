import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FORMAT, openDatabase } from "../../src/database/index.ts";
import { checkUpgraded } from "../kit/upgraded-registry.ts";

const stored = globSync("test/artifacts/registry/format-*.db");

test("a store of each format that ever was is kept", () => {
  const formats = Array.from(
    { length: FORMAT },
    (_, index) => `test/artifacts/registry/format-${index + 1}.db`,
  );
  assert.deepEqual(stored.toSorted(), formats.toSorted());
});

for (const file of stored) {
  test(`${file} opens, holds what it held, and goes on`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), "sirve-upgrade-"));
    t.after(() => rm(directory, { recursive: true }));
    const copy = join(directory, "sirve.db");
    await copyFile(file, copy);
    const database = await openDatabase({ file: copy });
    await checkUpgraded(database, file.replace(/db$/, "json"));
    await database.close();
  });
}
