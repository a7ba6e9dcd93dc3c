import assert from "node:assert/strict";
import { test } from "node:test";
import { column, FakeSession, numbersOf, settle } from "../../test/kit/fake-session.ts";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { LaneShare } from "./lane-share.ts";
import { sharedSession } from "./shared-session.ts";

function setUp() {
  const clock = new ManualClock();
  const lanes = new LaneShare(1, clock);
  const session = new FakeSession(clock);
  const other = lanes.join(1, () => true);
  return { clock, lanes, session, other, shared: sharedSession(session, { lanes, weight: 0.1 }) };
}

test("a run waits until a lane is free", async () => {
  const { clock, session, other, shared } = setUp();
  other.request();
  const run = shared.start([column(1)]);
  assert.equal(session.running, 0);
  other.release(0);
  assert.equal(session.running, 1);
  clock.advance(1);
  assert.deepEqual(numbersOf((await run.done).outputs), [2]);
});

test("its runs take one lane at a time, in order", async () => {
  const { clock, session, shared } = setUp();
  const runs = [shared.start([column(1)]), shared.start([column(2)]), shared.start([column(3)])];
  for (let i = 0; i < 3; i++) {
    assert.equal(session.running, 1);
    clock.advance(1);
    await settle();
  }
  const outputs = await Promise.all(runs.map(async ({ done }) => numbersOf((await done).outputs)));
  assert.deepEqual(outputs, [[2], [4], [6]]);
});

test("next to a busy version it gets only its small share", async () => {
  const { clock, lanes, session, shared } = setUp();
  const starts: number[] = [];
  const busy = lanes.join(1, (now) => {
    starts.push(now);
    clock.after(1, () => {
      busy.request();
      busy.release(now);
    });
    return true;
  });
  busy.request();
  for (let i = 0; i < 50; i++) shared.start([column(1)]).done.catch(() => {});
  for (let ms = 0; ms < 110; ms++) {
    clock.advance(1);
    await settle();
  }
  assert.ok(session.runs.length <= 12, `${session.runs.length} of 110 runs`);
  assert.ok(session.runs.length >= 8, `${session.runs.length} of 110 runs`);
});

test("a run can be stopped while it waits and while it runs", async () => {
  const { clock, session, other, shared } = setUp();
  other.request();
  const [waiting, running] = [shared.start([column(1)]), shared.start([column(2)])];
  const stopped = assert.rejects(waiting.done, { code: "cancelled" });
  waiting.terminate();
  await stopped;
  other.release(0);
  const ended = assert.rejects(running.done, { code: "cancelled" });
  running.terminate();
  await ended;
  assert.equal(session.runs.length, 1);
  const last = shared.start([column(3)]);
  await settle();
  clock.advance(1);
  assert.deepEqual(numbersOf((await last.done).outputs), [6]);
});

test("a run that fails gives its lane back", async () => {
  const { clock, shared } = setUp();
  const failed = assert.rejects(shared.start([column(-1)]).done, { code: "invalid_argument" });
  clock.advance(1);
  await failed;
  await settle();
  const next = shared.start([column(1)]);
  clock.advance(1);
  await next.done;
});
