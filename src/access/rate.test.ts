import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { PlatformError } from "../base/index.ts";
import { dayOf, Rate } from "./rate.ts";

/** Whether a request is taken. */
function takes(rate: Rate, limits: Parameters<Rate["take"]>[0]): boolean {
  try {
    rate.take(limits);
    return true;
  } catch (thrown) {
    assert.ok(thrown instanceof PlatformError && thrown.code === "resource_exhausted");
    assert.ok((thrown.details.retryAfterMs ?? 0) > 0);
    return false;
  }
}

test("a second's worth may come at once, then as many as time gives", () => {
  const clock = new ManualClock();
  const rate = new Rate(clock);
  const limits = { requestsPerSecond: 2 };
  assert.deepEqual(
    [1, 2, 3].map(() => takes(rate, limits)),
    [true, true, false],
  );
  clock.advance(500);
  assert.deepEqual(
    [1, 2].map(() => takes(rate, limits)),
    [true, false],
  );
  clock.advance(60_000);
  assert.deepEqual(
    [1, 2, 3].map(() => takes(rate, limits)),
    [true, true, false],
  );
});

test("a rate below one a second still lets one through", () => {
  const clock = new ManualClock();
  const rate = new Rate(clock);
  assert.deepEqual(
    [1, 2].map(() => takes(rate, { requestsPerSecond: 0.1 })),
    [true, false],
  );
  clock.advance(10_000);
  assert.equal(takes(rate, { requestsPerSecond: 0.1 }), true);
});

test("a day's quota counts what other servers have seen, and begins anew at midnight in UTC", () => {
  const clock = new ManualClock();
  const rate = new Rate(clock);
  const limits = { requestsPerDay: 5 };
  assert.equal(takes(rate, limits), true);
  assert.deepEqual(rate.unsaved(), { day: dayOf(clock), requests: 1 });
  rate.setToday(dayOf(clock), 4);
  assert.deepEqual(
    [1, 2].map(() => takes(rate, limits)),
    [true, false],
  );
  clock.advance(86_400_000);
  assert.equal(rate.today, 0);
  assert.equal(takes(rate, limits), true);
});

test("what could not be kept is kept later", () => {
  const rate = new Rate(new ManualClock());
  rate.take({});
  rate.take({});
  const counted = rate.unsaved();
  assert.ok(counted);
  assert.equal(rate.unsaved(), undefined);
  rate.restore({ ...counted, day: "1999-12-31" });
  assert.equal(rate.unsaved(), undefined);
  rate.restore(counted);
  assert.equal(rate.unsaved()?.requests, 2);
});
