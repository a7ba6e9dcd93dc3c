import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { appendAudit } from "./audit.ts";
import { type DatabasePlace, openDatabase } from "./database.ts";
import { FORMAT } from "./format.ts";
import { exportRecords, importRecords, type RecordsHead, type RecordsRow } from "./records.ts";

interface Exported {
  readonly head: RecordsHead;
  readonly rows: readonly RecordsRow[];
}

async function exported(place: DatabasePlace): Promise<Exported> {
  const database = await openDatabase(place);
  const rows: RecordsRow[] = [];
  const head = await exportRecords(database, async (row) => void rows.push(row));
  await database.close();
  return { head, rows };
}

/** A store with rows in several tables, more than are read at once. */
async function fill(place: DatabasePlace): Promise<void> {
  const database = await openDatabase(place);
  await database.change(async (tx) => {
    const model = {
      name: "churn",
      description: "ü\n'\"",
      tags: "{}",
      next_version: 2 ** 40,
      revision: 1,
      created_at: "",
    };
    await tx.insertInto("models").values(model).execute();
    for (let n = 0; n < 1003; n += 1) {
      await appendAudit(tx, { at: "", actor: "", action: `a${n}`, model: "", requestId: "", details: { n } });
    }
  });
  await database.close();
}

async function* each(rows: readonly unknown[]): AsyncGenerator<RecordsRow> {
  for (const row of rows) yield row as RecordsRow;
}

/** Records move from store to store. */
export const RECORDS_TESTS: Readonly<
  Record<string, (place: DatabasePlace, newPlace: () => Promise<DatabasePlace>) => Promise<void>>
> = {
  "exported records are the same once they are imported, the identity of the store included": async (
    place,
    newPlace,
  ) => {
    await fill(place);
    const before = await exported(place);
    assert.equal(before.rows.length, 1004);
    assert.equal(before.head.format, FORMAT);
    const copy = await newPlace();
    await importRecords(copy, before.head, each(before.rows));
    assert.deepEqual(await exported(copy), before);
    await assert.rejects(importRecords(copy, before.head, each([])), {
      code: "failed_precondition",
      message: /holds records/,
    });
    assert.deepEqual(await exported(copy), before);
  },

  "what is no record is refused, and nothing is imported": async (place) => {
    const head = { format: FORMAT, storeId: "s" };
    const good = { table: "retired_models", row: { name: "a", next_version: 1 } };
    const bad: readonly unknown[] = [
      { table: "sqlite_schema", row: {} },
      { table: "format", row: { version: 9, store_id: "x" } },
      { table: "idempotency", row: {} },
      { table: "retired_models", row: { name: "a" } },
      { table: "retired_models", row: { name: "a", next_version: 1, other: 1 } },
      { table: "retired_models", row: { name: "b", 'next_version") values (1); --': 1 } },
      { table: "retired_models", row: { name: "b", next_version: { a: 1 } } },
      { table: "retired_models", row: { name: "b", next_version: true } },
    ];
    for (const row of bad) {
      await assert.rejects(
        importRecords(place, head, each([good, row])),
        { code: "invalid_argument" },
        JSON.stringify(row),
      );
    }
    await assert.rejects(importRecords(place, head, each([good, good])), { code: "already_exists" });
    for (const format of [0, -1, 0.5, Number.NaN]) {
      await assert.rejects(importRecords(place, { ...head, format }, each([])), { code: "invalid_argument" });
    }
    await assert.rejects(importRecords(place, { ...head, format: FORMAT + 1 }, each([])), {
      code: "failed_precondition",
    });
    if ("file" in place) assert.deepEqual(readdirSync(dirname(place.file)), [], "no file is left");
    assert.deepEqual((await exported(place)).rows, []);
  },
};
