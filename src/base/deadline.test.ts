import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { Deadlines } from "./deadline.ts";
import { PlatformError } from "./error.ts";

test("a deadline ends once, no earlier than asked and at most one slot late", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 20 }), (delays) => {
      const clock = new ManualClock();
      const deadlines = new Deadlines(clock);
      const ended = new Map<number, number>();
      for (const [i, ms] of delays.entries()) deadlines.start(ms).onEnd(() => ended.set(i, clock.now()));
      clock.advance(20_010);
      for (const [i, ms] of delays.entries()) {
        const at = ended.get(i) ?? Number.NaN;
        assert.ok(at >= ms && at <= ms + 5, `asked ${ms}, ended at ${at}`);
      }
      assert.equal(deadlines.size, 0);
    }),
  );
});

test("a closed deadline calls nobody and leaves the wheel", () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const deadline = deadlines.start(10);
  let calls = 0;
  deadline.onEnd(() => calls++);
  deadline.close();
  clock.advance(100);
  assert.deepEqual([calls, deadlines.size, deadline.reason], [0, 0, undefined]);
});

test("the first reason stays, and a late listener hears it at once", () => {
  const deadline = new Deadlines(new ManualClock()).start();
  const gone = new PlatformError("cancelled", "client gone");
  deadline.end(gone);
  deadline.end(new PlatformError("unavailable", "stopping"));
  let heard: PlatformError | undefined;
  deadline.onEnd((reason) => (heard = reason));
  assert.equal(heard, gone);
  assert.throws(() => deadline.check(), gone);
});

test("a parent keeps nothing of a child that was closed, however many it has had", () => {
  const deadlines = new Deadlines(new ManualClock());
  const parent = deadlines.start();
  const listeners = { now: 0, most: 0 };
  const onEnd = parent.onEnd.bind(parent);
  parent.onEnd = (listener) => {
    const forget = onEnd(listener);
    listeners.now += 1;
    listeners.most = Math.max(listeners.most, listeners.now);
    return () => {
      forget();
      listeners.now -= 1;
    };
  };
  for (let line = 0; line < 1000; line++) deadlines.within(parent, 10).close();
  assert.deepEqual([listeners, deadlines.size], [{ now: 0, most: 1 }, 0]);
});

test("a child ends with its parent, and as soon as its own time is over", () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const parent = deadlines.start(100);
  const [short, long] = [deadlines.within(parent, 10), deadlines.within(parent, 1000)];
  clock.advance(20);
  assert.deepEqual([short.reason?.code, long.reason], ["deadline_exceeded", undefined]);
  parent.end(new PlatformError("cancelled", "client gone"));
  assert.equal(long.reason?.message, "client gone");
});
