import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../test/kit/manual-clock.ts";
import { PlatformError } from "../../base/index.ts";
import { type Load, type LoadLimits, type LoadResult, measureLoad, type Send } from "./load.ts";

const LIMITS: LoadLimits = { windowMs: 100, tolerance: 0.1, maxMs: 1000, maxRequests: 1_000_000 };

/** Lets every settled promise run its callbacks. */
const settle = async () => new Promise<void>((resolve) => setImmediate(resolve));

interface Run {
  readonly clock: ManualClock;
  readonly send: (clock: ManualClock) => Send;
  readonly load: Load;
  readonly limits?: Partial<LoadLimits>;
  readonly stopAtMs?: number;
}

/** Runs a measurement on a manual clock, a millisecond at a time. */
async function measure({ clock, send, load, limits, stopAtMs }: Run): Promise<LoadResult> {
  const stopper = new AbortController();
  const under = { clock, stop: stopper.signal };
  const results: LoadResult[] = [];
  const measuring = measureLoad(send(clock), load, { ...LIMITS, ...limits }, under).then((result) =>
    results.push(result),
  );
  for (let ms = 0; ms < 3000 && results.length === 0; ms++) {
    if (ms === stopAtMs) stopper.abort();
    clock.advance(1);
    await settle();
  }
  await measuring;
  return results[0] ?? assert.fail("the measurement did not end");
}

/** A server that answers after `ms`. */
const answersAfter = (ms: number) => (clock: ManualClock) => async () =>
  new Promise<void>((resolve) => void clock.after(ms, resolve));

test("a closed loop keeps so many requests under way and is stable after three equal windows", async () => {
  let underWay = 0;
  let most = 0;
  const send = (clock: ManualClock) => async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await answersAfter(10)(clock)();
    underWay -= 1;
  };
  const result = await measure({ clock: new ManualClock(), send, load: { kind: "concurrency", value: 4 } });
  assert.equal(most, 4);
  assert.equal(result.stable, true);
  assert.ok(Math.abs(result.measured.seconds - 0.3) < 0.01);
  const rate = result.measured.latencies.length / result.measured.seconds;
  assert.ok(rate > 350 && rate <= 400, String(rate));
  assert.ok(result.measured.latencies.every((latency) => latency >= 10 && latency <= 11));
});

test("an open loop sends at its rate whatever the server does, and counts latency from when a request was due", async () => {
  const load = { kind: "rate", value: 200 } as const;
  const fast = await measure({ clock: new ManualClock(), send: answersAfter(5), load });
  const rate = fast.measured.latencies.length / fast.measured.seconds;
  assert.ok(rate > 190 && rate < 210, String(rate));
  assert.ok(fast.measured.latencies.every((latency) => latency >= 5 && latency <= 7));
});

test("a server that answers nothing is bounded: requests beyond the limit under way are skipped", async () => {
  const result = await measure({
    clock: new ManualClock(),
    send: answersAfter(2000),
    load: { kind: "rate", value: 100_000 },
    limits: { maxMs: 100 },
  });
  assert.ok(result.skipped > 1000);
  assert.equal(result.stable, false);
});

test("errors are counted by what they say, and a server that only fails ends the measurement", async () => {
  const send = (clock: ManualClock) => async () => {
    await answersAfter(1)(clock)();
    throw new PlatformError("resource_exhausted", "queue is full");
  };
  const result = await measure({ clock: new ManualClock(), send, load: { kind: "concurrency", value: 2 } });
  assert.deepEqual([...result.errors.keys()], ["resource_exhausted: queue is full"]);
  assert.ok(result.measured.seconds < 0.2);
  assert.equal(result.measured.latencies.length, 0);
});

test("never more requests than allowed are sent", async () => {
  for (const load of [
    { kind: "concurrency", value: 8 },
    { kind: "rate", value: 5000 },
  ] as const) {
    let sent = 0;
    const send = (clock: ManualClock) => async () => {
      sent += 1;
      await answersAfter(3)(clock)();
    };
    const result = await measure({ clock: new ManualClock(), send, load, limits: { maxRequests: 50 } });
    assert.equal(sent, 50);
    assert.equal(result.measured.latencies.length, 50);
  }
});

test("a stopped measurement ends once what is under way has come back", async () => {
  const load = { kind: "concurrency", value: 3 } as const;
  const result = await measure({ clock: new ManualClock(), send: answersAfter(20), load, stopAtMs: 30 });
  assert.equal(result.measured.latencies.length, 6);
});

test("an unstable server ends the measurement by time", async () => {
  let i = 0;
  const send = (clock: ManualClock) => async () =>
    answersAfter(Math.floor(i++ / 20) % 2 === 0 ? 2 : 12)(clock)();
  const result = await measure({
    clock: new ManualClock(),
    send,
    load: { kind: "concurrency", value: 1 },
    limits: { tolerance: 0.001 },
  });
  assert.equal(result.stable, false);
});
