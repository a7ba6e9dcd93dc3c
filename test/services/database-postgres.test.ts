import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { describeDatabase } from "../../src/database/database.suite.ts";
import {
  appendAudit,
  exportRecords,
  importRecords,
  openDatabase,
  type RecordsRow,
} from "../../src/database/index.ts";
import { type FreshPostgres, freshPostgres } from "../kit/postgres.ts";
import { needs } from "../kit/require.ts";
import { checkUpgraded } from "../kit/upgraded-registry.ts";

const skip = needs("postgres");

if (skip === false) {
  describeDatabase("PostgreSQL", async () => {
    const postgres = await freshPostgres();
    return { place: { url: postgres.url }, remove: () => postgres.drop() };
  });
}

async function emptyPostgres(t: TestContext): Promise<FreshPostgres> {
  const postgres = await freshPostgres();
  t.after(() => postgres.drop());
  return postgres;
}

const line = { at: "", actor: "", action: "x", model: "", requestId: "", details: {} };

test("a registry moves from SQLite to PostgreSQL", { skip }, async (t) => {
  const { url } = await emptyPostgres(t);
  const directory = await mkdtemp(join(tmpdir(), "sirve-move-"));
  t.after(() => rm(directory, { recursive: true }));
  const file = join(directory, "sirve.db");
  await copyFile("test/artifacts/registry/format-1.db", file);
  const from = await openDatabase({ file });
  const rows: RecordsRow[] = [];
  const head = await exportRecords(from, async (row) => void rows.push(row));
  await importRecords({ url }, head, Readable.from(rows));
  const to = await openDatabase({ url });
  await checkUpgraded(to, "test/artifacts/registry/format-1.json");
  for (const database of [from, to]) await database.close();
});

test("servers that start together on an empty database migrate it once", { skip }, async (t) => {
  const { url } = await emptyPostgres(t);
  const all = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ url })));
  assert.equal(new Set(all.map(({ storeId }) => storeId)).size, 1);
  const ids = await Promise.all(
    all.flatMap((database) => [1, 2, 3].map(() => database.change((tx) => appendAudit(tx, line)))),
  );
  assert.deepEqual(
    ids.toSorted((a, b) => a - b),
    Array.from({ length: 18 }, (_, index) => index + 1),
  );
  for (const database of all) await database.close();
});

test("a transaction that only reads cannot write", { skip }, async (t) => {
  const database = await openDatabase(await emptyPostgres(t));
  await assert.rejects(
    database.read((tx) => appendAudit(tx, line)),
    { code: "unavailable", message: /no changes/ },
  );
  await database.close();
});

test("a change that PostgreSQL undoes because of another one is made again, a few times at most", {
  skip,
}, async (t) => {
  const database = await openDatabase(await emptyPostgres(t));
  const attempts: number[] = [];
  const changeAfter = (failures: number) =>
    database.change(async (tx) => {
      attempts.push(await appendAudit(tx, line));
      if (attempts.length > failures) return;
      await sql`do $$ begin raise exception using errcode = '40001'; end $$`.execute(tx);
    });
  await changeAfter(2);
  assert.deepEqual(attempts, [1, 1, 1], "what was undone leaves no line");
  attempts.length = 0;
  await assert.rejects(changeAfter(100), { code: "unavailable" });
  assert.ok(attempts.length < 10);
  await database.close();
});

test("no PostgreSQL, no such database: said without the password", { skip }, async () => {
  const url = new URL(process.env["DATABASE_URL"] ?? "");
  url.password = "hunter2";
  url.pathname = "/there_is_none";
  const without = (code: string) => (error: Error & { code?: string }) => {
    assert.equal(error.code, code);
    assert.doesNotMatch(JSON.stringify(error) + error.message, /hunter2/);
    return true;
  };
  await assert.rejects(openDatabase({ url: url.href }), without("failed_precondition"));
  url.port = "1";
  await assert.rejects(openDatabase({ url: url.href }), without("unavailable"));
  await assert.rejects(
    openDatabase({ url: "postgresql://me:hunter2@host:badport/x" }),
    without("invalid_argument"),
  );
});

test("connections that PostgreSQL cuts fail what runs on them and are replaced", { skip }, async (t) => {
  const postgres = await emptyPostgres(t);
  const database = await openDatabase(postgres);
  const cut = () =>
    postgres.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sirve' and datname = current_database()",
    );
  const broken = database.change(async (tx) => {
    await appendAudit(tx, line);
    await cut();
    await appendAudit(tx, line);
  });
  await assert.rejects(broken, { code: "unavailable" });
  await cut();
  // The pool learns of a cut connection when it is told; until then one query may meet it.
  const ids: number[] = [];
  for (let attempt = 0; ids.length === 0 && attempt < 10; attempt += 1) {
    await database
      .change((tx) => appendAudit(tx, line))
      .then(
        (id) => ids.push(id),
        (error: unknown) => assert.equal((error as { code?: string }).code, "unavailable"),
      );
  }
  assert.deepEqual(ids, [1]);
  await database.close();
});

test("a connection that has not answered in time is not used again", { skip }, async (t) => {
  const database = await openDatabase(await emptyPostgres(t));
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.kysely);
  const pid = rows[0]?.pid ?? assert.fail("no connection");
  process.kill(pid, "SIGSTOP");
  try {
    await assert.rejects(
      database.read((tx) => sql`select 1`.execute(tx)),
      { code: "unavailable" },
    );
    await sql`select 1`.execute(database.kysely);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await database.close();
});
