import assert from "node:assert/strict";
import { test } from "node:test";
import { column } from "../../test/kit/fake-session.ts";
import { scheduled } from "../../test/kit/scheduled.ts";
import { Deadlines, PlatformError } from "../base/index.ts";

/** Asks `perMs` times a millisecond for `ms` milliseconds; how many are answered in time, and why others are not. */
async function load(perMs: number, ms: number) {
  // A batch of 8 rows takes 8 ms, so one row per millisecond is what the lane can do.
  const { clock, scheduler, pass } = scheduled({ maxQueueRows: 100_000 }, { runMs: (rows) => rows });
  const deadlines = new Deadlines(clock);
  const failures = new Map<string, number>();
  let answered = 0;
  const ask = async () => {
    const deadline = deadlines.start(100);
    try {
      await scheduler.run(column(1), 1, deadline);
      answered += 1;
    } catch (error) {
      const { code } = PlatformError.from(error);
      failures.set(code, (failures.get(code) ?? 0) + 1);
    }
    deadline.close();
  };
  const asks: Promise<void>[] = [];
  for (let at = 0; at < ms; at++) {
    for (let i = 0; i < perMs; i++) asks.push(ask());
    await pass(1);
  }
  await pass(200);
  await Promise.all(asks);
  return { answered, failures };
}

test("at ten times the load, the lane still spends its time on answers that come in time", async () => {
  const peak = await load(1, 800);
  const overload = await load(10, 800);
  assert.equal(peak.answered, 800);
  assert.ok(overload.answered >= 0.9 * peak.answered, `${overload.answered} of ${peak.answered}`);
});

test("what is too much is refused at once, and not left to its deadline", async () => {
  const { failures } = await load(10, 800);
  const [refused = 0, expired = 0] = [failures.get("resource_exhausted"), failures.get("deadline_exceeded")];
  assert.ok(refused > 6000 && expired < 400, `${refused} refused, ${expired} expired`);
});
