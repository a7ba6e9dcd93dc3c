import assert from "node:assert/strict";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { until } from "../../test/kit/until.ts";
import { newKysely } from "../database/database.ts";
import type { Database } from "../database/index.ts";
import { openIdempotency } from "./idempotency.ts";
import type { RegistryTests } from "./registry-scene.suite.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Idempotency keys. */
export const idempotencyTests: RegistryTests = {
  "a request is made once; its repeats get its answer": async ({ database }) => {
    const keys = openIdempotency({ database });
    assert.deepEqual(await keys.begin("me:k1", "f"), { kind: "fresh" });
    assert.deepEqual(await keys.begin("me:k1", "f"), { kind: "running" });
    await keys.finish("me:k1", 201, '{"version":1}');
    assert.deepEqual(await keys.begin("me:k1", "f"), { kind: "answer", status: 201, body: '{"version":1}' });
    assert.deepEqual(await keys.begin("you:k1", "f"), { kind: "fresh" });
    await assert.rejects(keys.begin("me:k1", "g"), { code: "invalid_argument" });
    keys.close();
  },

  "of many who begin at once one makes the request": async ({ database }) => {
    const keys = openIdempotency({ database });
    const begun = await Promise.all(Array.from({ length: 8 }, () => keys.begin("k", "f")));
    assert.deepEqual(begun.map(({ kind }) => kind).toSorted(), [
      "fresh",
      ...Array.from({ length: 7 }, () => "running"),
    ]);
    keys.close();
  },

  "a request that changed nothing may be made again": async ({ database }) => {
    const keys = openIdempotency({ database });
    await keys.begin("k", "f");
    await keys.forget("k");
    assert.deepEqual(await keys.begin("k", "other"), { kind: "fresh" });
    await keys.finish("k", 200, "");
    await keys.forget("k");
    assert.equal((await keys.begin("k", "other")).kind, "answer", "an answer is not forgotten");
    keys.close();
  },

  "a key is free again a while after the server that worked on it died, and not before": async ({
    database,
  }) => {
    const [dying, clock] = [new ManualClock(), new ManualClock()];
    const dead = openIdempotency({ database, clock: dying });
    const alive = openIdempotency({ database, clock });
    await dead.begin("k", "f");
    clock.advance(29_000);
    assert.deepEqual(await alive.begin("k", "f"), { kind: "running" });
    clock.advance(2_000);
    assert.deepEqual(await alive.begin("k", "f"), { kind: "fresh" });
    for (const keys of [dead, alive]) keys.close();
  },

  "a server that has the database to itself frees at once what a dead one worked on, not what it works on itself":
    async ({ database }) => {
      const clock = new ManualClock();
      const dead = openIdempotency({ database, clock });
      await dead.begin("k", "f");
      dead.close();
      const alone = openIdempotency({ database, clock, isAlone: true });
      assert.deepEqual(await alone.begin("k", "f"), { kind: "fresh" });
      assert.deepEqual(await alone.begin("k", "f"), { kind: "running" });
      alone.close();
    },

  "a key stays taken as long as a server works on it": async ({ database }) => {
    const clock = new ManualClock();
    const keys = openIdempotency({ database, clock });
    await keys.begin("k", "f");
    for (let second = 0; second < 120; second += 5) {
      clock.advance(5_000);
      // Renewing was asked for before this is.
      assert.deepEqual(await keys.begin("k", "f"), { kind: "running" }, `${second}`);
    }
    keys.close();
  },

  "an answer that the database did not take is saved later, and its request is not made again": async ({
    database,
  }) => {
    const clock = new ManualClock();
    const away = newKysely({ url: "postgresql://127.0.0.1:1/none" }, "write");
    let isAway = false;
    const sometimes: Database = {
      kind: database.kind,
      storeId: database.storeId,
      get kysely() {
        return isAway ? away : database.kysely;
      },
      change: (work) => database.change(work),
      read: (work) => database.read(work),
      close: () => database.close(),
    };
    const keys = openIdempotency({ database: sometimes, clock });
    await keys.begin("k", "f");
    isAway = true;
    await keys.finish("k", 201, "{}");
    clock.advance(10_000);
    assert.deepEqual(await keys.begin("k", "f"), { kind: "running" });
    isAway = false;
    clock.advance(10_000);
    await until("the answer", async () => (await keys.begin("k", "f")).kind === "answer");
    keys.close();
    await away.destroy();
  },

  "an answer is kept for a day": async ({ database }) => {
    const clock = new ManualClock();
    const keys = openIdempotency({ database, clock });
    await keys.begin("k", "f");
    await keys.finish("k", 200, "{}");
    clock.advance(23 * HOUR);
    assert.equal((await keys.begin("k", "f")).kind, "answer");
    clock.advance(HOUR + MINUTE);
    assert.deepEqual(await keys.begin("k", "f"), { kind: "fresh" });
    keys.close();
  },
};
