import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { sql } from "kysely";
import { appendAudit } from "./audit.ts";
import { type DatabasePlace, kindOf, newKysely, openDatabase } from "./database.ts";
import { FORMAT } from "./format.ts";
import { inspectDatabase, inspectStore } from "./inspect.ts";
import { migrate } from "./migrate.ts";
import type { Migration } from "./migration.ts";
import { MIGRATIONS } from "./migrations/all.ts";
import { RECORDS_TESTS } from "./records.suite.ts";

/** A place for an empty store. */
export interface FreshPlace {
  readonly place: DatabasePlace;
  remove(): Promise<void>;
}

const line = (action: string) => ({ at: "", actor: "", action, model: "", requestId: "", details: {} });

const addColumn: Migration = async (tx) => {
  await tx.schema.alterTable("models").addColumn("colour", "text").execute();
};

/** Changes tables and rows, then fails. */
const broken: Migration = async (tx) => {
  await addColumn(tx, "sqlite");
  await tx.schema.createTable("half").addColumn("x", "text").execute();
  await appendAudit(tx, line("half"));
  throw new Error("this migration is broken");
};

/** What a store must do, whichever database it is in. */
export function describeDatabase(name: string, fresh: () => Promise<FreshPlace>): void {
  const opened: FreshPlace[] = [];
  const newPlace = async () => {
    const one = await fresh();
    opened.push(one);
    return one.place;
  };
  describe(`a store on ${name}`, () => {
    after(async () => {
      for (const one of opened) await one.remove();
    });
    for (const [title, run] of Object.entries({ ...TESTS, ...RECORDS_TESTS })) {
      test(title, async () => run(await newPlace(), newPlace));
    }
  });
}

const TESTS: Readonly<Record<string, (place: DatabasePlace) => Promise<void>>> = {
  "a store keeps its format and its identity": async (place) => {
    const first = await openDatabase(place);
    await first.close();
    const again = await openDatabase(place);
    assert.match(again.storeId, /^[0-9a-f-]{36}$/);
    assert.equal(again.storeId, first.storeId);
    const formats = await again.kysely.selectFrom("format").select("version").execute();
    assert.deepEqual(
      formats.map(({ version }) => version),
      [FORMAT],
    );
    await again.close();
  },

  "a store of a newer format is neither opened nor changed": async (place) => {
    const older = await openDatabase(place);
    const newer = newKysely(place, "write");
    await migrate(newer, kindOf(place), [...MIGRATIONS, addColumn]);
    const refused = {
      code: "failed_precondition",
      message: new RegExp(`format ${FORMAT + 1}.*up to ${FORMAT}`),
    };
    await assert.rejects(openDatabase(place), refused);
    await assert.rejects(
      older.change((tx) => appendAudit(tx, line("late"))),
      refused,
    );
    const [finding] = await inspectDatabase(place);
    assert.equal(finding?.status, "fail");
    assert.match(finding?.detail ?? "", refused.message);
    assert.deepEqual(await newer.selectFrom("audit").selectAll().execute(), []);
    await newer.destroy();
    await older.close();
  },

  "a migration that fails leaves nothing, and the store as it was": async (place) => {
    const open = await openDatabase(place);
    await open.change((tx) => appendAudit(tx, line("before")));
    await open.close();
    const kysely = newKysely(place, "write");
    await assert.rejects(migrate(kysely, kindOf(place), [...MIGRATIONS, broken]), /this migration is broken/);
    const tables = await kysely.introspection.getTables();
    assert.ok(tables.every((table) => table.name !== "half"));
    assert.ok(tables.every(({ columns }) => columns.every((column) => column.name !== "colour")));
    await kysely.destroy();
    const again = await openDatabase(place);
    assert.deepEqual(
      (await again.kysely.selectFrom("audit").select("action").execute()).map((row) => row.action),
      ["before"],
    );
    await again.close();
  },

  "a first migration that fails leaves an empty database": async (place) => {
    const kysely = newKysely(place, "write");
    const [first] = MIGRATIONS;
    assert.ok(first);
    const failing: Migration = async (tx, kind) => {
      await first(tx, kind);
      throw new Error("no more");
    };
    await assert.rejects(migrate(kysely, kindOf(place), [failing]), /no more/);
    assert.deepEqual(await kysely.introspection.getTables(), []);
    await kysely.destroy();
  },

  "a change is whole or has not happened": async (place) => {
    const open = await openDatabase(place);
    const half = open.change(async (tx) => {
      await appendAudit(tx, line("half"));
      throw new Error("enough");
    });
    await assert.rejects(half, /enough/);
    assert.equal(await open.change((tx) => appendAudit(tx, line("whole"))), 1);
    await open.close();
  },

  "what is there already is told from other failures": async (place) => {
    const open = await openDatabase(place);
    const row = { name: "a", next_version: 1 };
    await open.kysely.insertInto("retired_models").values(row).execute();
    await assert.rejects(open.kysely.insertInto("retired_models").values(row).execute(), {
      code: "already_exists",
    });
    await assert.rejects(
      sql`select * from nothing`.execute(open.kysely),
      (error: Error) => error.name !== "PlatformError",
    );
    await open.close();
  },

  "numbers come back as numbers, beyond 32 bits too": async (place) => {
    const open = await openDatabase(place);
    const row = { name: "a", next_version: 2 ** 52 };
    await open.kysely.insertInto("retired_models").values(row).execute();
    const found = await open.kysely.selectFrom("retired_models").selectAll().executeTakeFirstOrThrow();
    assert.deepEqual({ ...found }, row);
    await open.close();
  },

  "a store is looked at while it is in use, and is whole": async (place) => {
    const open = await openDatabase(place);
    assert.deepEqual(await inspectDatabase(place), [
      { check: "data", status: "ok", detail: `records in format ${FORMAT}` },
    ]);
    assert.equal(
      await inspectStore(
        place,
        async (records) => (await records.selectFrom("audit").selectAll().execute()).length,
      ),
      0,
    );
    await open.close();
  },
};
