import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { appendAudit } from "./audit.ts";
import { describeDatabase } from "./database.suite.ts";
import { openDatabase } from "./database.ts";
import { inspectDatabase } from "./inspect.ts";

const newDirectory = () => mkdtemp(join(tmpdir(), "sirve-database-"));

describeDatabase("SQLite", async () => {
  const directory = await newDirectory();
  return { place: { file: join(directory, "sirve.db") }, remove: () => rm(directory, { recursive: true }) };
});

/** Place for a database, removed after the test. */
async function placeFor(t: TestContext): Promise<{ readonly file: string }> {
  const directory = await newDirectory();
  t.after(() => rm(directory, { recursive: true }));
  return { file: join(directory, "sirve.db") };
}

test("a change for which there is no room is refused and leaves nothing; once there is room it succeeds", async (t) => {
  const database = await openDatabase(await placeFor(t));
  const details = { text: "x".repeat(100_000) };
  const write = (action: string) =>
    database.change((tx) =>
      appendAudit(tx, { at: "", actor: "", action, model: "", requestId: "", details }),
    );
  const pages = await sql<{ page_count: number }>`pragma page_count`.execute(database.kysely);
  const limit = (count: number) => sql`pragma max_page_count = ${sql.lit(count)}`.execute(database.kysely);
  await limit((pages.rows[0]?.page_count ?? 0) + 30);
  await write("fits");
  await assert.rejects(write("too much"), { code: "disk_full", message: /full/ });
  await limit(1_000_000);
  await write("fits again");
  const rows = await database.kysely.selectFrom("audit").select(["id", "action"]).execute();
  assert.deepEqual(
    rows.map(({ id, action }) => `${id} ${action}`),
    ["1 fits", "2 fits again"],
  );
  await database.close();
});

test("a file that is no database is refused, and left as it is", async (t) => {
  const place = await placeFor(t);
  await writeFile(place.file, "not a database ".repeat(1000));
  await assert.rejects(openDatabase(place), { code: "failed_precondition", message: /no SQLite database/ });
  const [finding] = await inspectDatabase(place);
  assert.equal(finding?.status, "fail");
});

test("a damaged database is found", async (t) => {
  const place = await placeFor(t);
  const database = await openDatabase(place);
  for (let n = 0; n < 50; n += 1) {
    const details = { text: "x".repeat(1000) };
    await database.change((tx) =>
      appendAudit(tx, { at: "", actor: "", action: `a${n}`, model: "", requestId: "", details }),
    );
  }
  await database.close();
  const { open } = await import("node:fs/promises");
  const file = await open(place.file, "r+");
  const { size } = await file.stat();
  await file.write(Buffer.alloc(8192, 0xff), 0, 8192, size - 16_384);
  await file.close();
  const findings = await inspectDatabase(place);
  assert.ok(findings.length > 0 && findings.every(({ status }) => status === "fail"));
});
