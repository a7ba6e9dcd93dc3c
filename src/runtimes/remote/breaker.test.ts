import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../../test/kit/manual-clock.ts";
import { PlatformError } from "../../base/index.ts";
import { Breaker, type BreakerLimits } from "./breaker.ts";

const LIMITS: BreakerLimits = { failures: 3, window: 6, share: 0.5, openMs: 100, longestOpenMs: 350 };

function made() {
  const clock = new ManualClock();
  return { clock, breaker: new Breaker("http://old:8000", clock, LIMITS) };
}

function fail(breaker: Breaker, times: number): void {
  for (let i = 0; i < times; i++) breaker.enter().failed();
}

function refusal(breaker: Breaker): PlatformError {
  try {
    breaker.enter();
  } catch (thrown) {
    return PlatformError.from(thrown);
  }
  throw new Error("it is not refused");
}

test("failures in a row open it, and the error says when the server is tried again", () => {
  const { breaker, clock } = made();
  fail(breaker, 2);
  breaker.enter().succeeded();
  fail(breaker, 3);
  clock.advance(40);
  const { code, message, details } = refusal(breaker);
  assert.equal(code, "unavailable");
  assert.match(message, /http:\/\/old:8000 has failed too often: the circuit is open/);
  assert.equal(details.hint, "one request tries it again in 0.1 s");
  assert.equal(details.retryAfterMs, 60);
});

test("a share of failures opens it although successes lie between them", () => {
  const { breaker } = made();
  for (const isGood of [true, false, true, false, true]) {
    const leave = breaker.enter();
    if (isGood) leave.succeeded();
    else leave.failed();
  }
  breaker.enter().failed();
  assert.equal(refusal(breaker).details.got, "open");
});

test("half open, one request probes and the others are refused", () => {
  const { breaker, clock } = made();
  fail(breaker, 3);
  clock.advance(100);
  const probe = breaker.enter();
  assert.equal(refusal(breaker).details.got, "half open");
  probe.succeeded();
  breaker.enter().succeeded();
});

test("a probe that fails keeps it open for twice as long, up to a bound", () => {
  const { breaker, clock } = made();
  fail(breaker, 3);
  for (const openMs of [100, 200, 350, 350]) {
    assert.equal(refusal(breaker).details.retryAfterMs, openMs);
    clock.advance(openMs);
    breaker.enter().failed();
  }
});

test("a probe whose caller went away leaves the next request to probe", () => {
  const { breaker, clock } = made();
  fail(breaker, 3);
  clock.advance(100);
  breaker.enter().gaveUp();
  breaker.enter().succeeded();
  breaker.enter().succeeded();
});

test("attempts that started before it opened do not count after it", () => {
  const { breaker, clock } = made();
  const early = breaker.enter();
  fail(breaker, 3);
  clock.advance(100);
  const probe = breaker.enter();
  early.succeeded();
  assert.equal(refusal(breaker).details.got, "half open");
  probe.succeeded();
});

type Step = "good" | "bad" | "gone" | number;

interface Naive {
  now: number;
  closed: readonly boolean[];
  open: { readonly until: number; readonly lasted: number } | undefined;
}

const isOpenAt = ({ now, open }: Naive) => open !== undefined && now < open.until;

/** Reads the whole history anew to say whether the next request may go; requests do not overlap. */
function naiveAnswer(history: readonly Step[]): boolean {
  const state: Naive = { now: 0, closed: [], open: undefined };
  for (const step of history) {
    if (typeof step === "number") state.now += step;
    else if (step !== "gone" && !isOpenAt(state)) naiveNote(state, step === "bad");
  }
  return !isOpenAt(state);
}

function naiveNote(state: Naive, isBad: boolean): void {
  const { now, open } = state;
  if (open) {
    state.open = isBad ? opened(now, Math.min(350, open.lasted * 2)) : undefined;
    return;
  }
  const closed = [...state.closed, isBad].slice(-6);
  const inRow = closed.slice(-3);
  const isLong = inRow.length === 3 && inRow.every(Boolean);
  const isShare = closed.length === 6 && closed.filter(Boolean).length >= 3;
  if (isLong || isShare) state.open = opened(now, 100);
  state.closed = state.open ? [] : closed;
}

const opened = (now: number, lasted: number) => ({ until: now + lasted, lasted });

function mayGo(breaker: Breaker, step: Exclude<Step, number>): boolean {
  try {
    const leave = breaker.enter();
    if (step === "good") leave.succeeded();
    else if (step === "bad") leave.failed();
    else leave.gaveUp();
    return true;
  } catch {
    return false;
  }
}

test("it lets through what its naive twin lets through", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Step>("bad", "good", "gone") },
    fc.integer({ min: 1, max: 200 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { breaker, clock } = made();
      for (const [i, one] of steps.entries()) {
        if (typeof one === "number") clock.advance(one);
        else assert.equal(mayGo(breaker, one), naiveAnswer(steps.slice(0, i)), `step ${i}`);
      }
    }),
  );
});
