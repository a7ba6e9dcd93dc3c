import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Kysely, openDatabase, type Tables } from "../database/index.ts";
import { inspectRecords } from "./inspect.ts";
import { openRegistry } from "./registry.ts";
import { addVersions, alice, endpointOver, promote } from "./registry-scene.suite.ts";

type Damage = (records: Kysely<Tables>) => Promise<unknown>;

/** What only somebody who writes into the database by hand can do, and what the check says of it. */
const DAMAGES: readonly (readonly [RegExp, Damage])[] = [
  [/churn: 0 champions/, (on) => on.deleteFrom("aliases").where("alias", "=", "champion").execute()],
  [
    /churn@champion: version 9 is not there/,
    (on) => on.updateTable("aliases").set({ previous: "[9]" }).execute(),
  ],
  [
    /churn: its next number is given already/,
    (on) => on.updateTable("models").set({ next_version: 2 }).execute(),
  ],
  [
    /churn@1: its digest is not that of its files/,
    (on) => on.updateTable("versions").set({ bytes: 0, files: "[]" }).execute(),
  ],
  [
    /endpoint shop: churn@challenger is not there/,
    (on) => on.deleteFrom("aliases").where("alias", "=", "challenger").execute(),
  ],
  [/the audit log has a gap/, (on) => on.deleteFrom("audit").where("id", "=", 2).execute()],
  [
    /churn: its revision is no line of the audit log/,
    (on) => on.updateTable("models").set({ revision: 1000 }).execute(),
  ],
];

for (const [expected, damage] of DAMAGES) {
  test(`the check of the records finds ${expected.source}`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), "sirve-inspect-"));
    t.after(() => rm(directory, { recursive: true }));
    const place = { file: join(directory, "sirve.db") };
    const database = await openDatabase(place);
    const registry = openRegistry({ database });
    await addVersions(registry, "churn", 2);
    await promote(registry, "churn", 2, "challenger");
    await registry.setEndpoint("shop", endpointOver("churn@challenger"), {}, alice);
    assert.deepEqual(
      (await inspectRecords(place)).map(({ status }) => status),
      ["ok"],
    );
    await damage(database.kysely);
    const findings = await inspectRecords(place);
    assert.ok(findings.every(({ status, remedy }) => status === "fail" && remedy !== undefined));
    assert.match(findings.map(({ detail }) => detail).join("\n"), expected);
    await database.close();
  });
}

test("records that cannot be read are a finding, not a failure of the check", async () => {
  const [finding] = await inspectRecords({ url: "postgresql://127.0.0.1:1/none" });
  assert.equal(finding?.status, "fail");
  assert.match(finding.detail, /PostgreSQL does not answer/);
});
