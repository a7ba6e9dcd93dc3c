import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { type LaneClaim, LaneShare } from "./lane-share.ts";

/** Something that runs for `runMs` whenever it gets a lane, and has work while `left` is above 0. */
class Load {
  left = Number.POSITIVE_INFINITY;
  usedMs = 0;
  running = 0;
  /** How long it waited for each lane, in milliseconds. */
  readonly waits: number[] = [];
  readonly #claim: LaneClaim;
  readonly #clock: ManualClock;
  readonly #runMs: () => number;
  #askedAt = 0;

  constructor(lanes: LaneShare, clock: ManualClock, weight: number, runMs: () => number) {
    this.#clock = clock;
    this.#runMs = runMs;
    this.#claim = lanes.join(weight, (now) => this.#start(now));
  }

  ask(): void {
    this.#askedAt = this.#clock.now();
    this.#claim.request();
  }

  #start(now: number): boolean {
    if (this.left <= 0) return false;
    this.left -= 1;
    this.running += 1;
    this.waits.push(now - this.#askedAt);
    const ms = this.#runMs();
    this.#clock.after(ms, () => this.#end(now, ms));
    if (this.left > 0) this.ask();
    return true;
  }

  #end(startedAt: number, ms: number): void {
    this.usedMs += ms;
    this.running -= 1;
    if (this.left > 0) this.ask();
    this.#claim.release(startedAt);
  }
}

test("saturating loads get lane time in proportion to their weights, whatever their runs take", () => {
  const load = fc.record({ weight: fc.integer({ min: 1, max: 8 }), runMs: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(fc.array(load, { minLength: 2, maxLength: 5 }), (specs) => {
      const clock = new ManualClock();
      const lanes = new LaneShare(1, clock);
      const loads = specs.map(({ weight, runMs }) => new Load(lanes, clock, weight, () => runMs));
      for (const each of loads) each.ask();
      clock.advance(3000);
      const [first] = loads.map((each, i) => each.usedMs / (specs[i]?.weight ?? 1));
      for (const [i, each] of loads.entries()) {
        const { weight, runMs } = specs[i] ?? { weight: 1, runMs: 0 };
        // Fair queueing is exact up to one run of either side.
        const slack = runMs / weight + (specs[0]?.runMs ?? 0) / (specs[0]?.weight ?? 1) + 1;
        const difference = Math.abs(each.usedMs / weight - (first ?? 0));
        assert.ok(difference <= slack, `${difference} ms apart, expected at most ${slack}`);
      }
    }),
  );
});

test("a light load next to a saturating one waits for one run at most", () => {
  const clock = new ManualClock();
  const lanes = new LaneShare(2, clock);
  const heavy = new Load(lanes, clock, 1, () => 20);
  const light = new Load(lanes, clock, 1, () => 1);
  light.left = 0;
  heavy.ask();
  for (let i = 0; i < 100; i++) {
    clock.advance(33);
    light.left += 1;
    light.ask();
  }
  clock.advance(40);
  assert.equal(light.waits.length, 100);
  assert.ok(Math.max(...light.waits) <= 20, `waited ${Math.max(...light.waits)} ms`);
});

test("an idle claim gains no credit, and a busy one owes nothing for lanes nobody wanted", () => {
  const clock = new ManualClock();
  const lanes = new LaneShare(1, clock);
  const early = new Load(lanes, clock, 1, () => 5);
  const late = new Load(lanes, clock, 1, () => 5);
  early.ask();
  clock.advance(1000);
  const before = early.usedMs;
  late.ask();
  clock.advance(200);
  assert.ok(
    Math.abs(early.usedMs - before - late.usedMs) <= 10,
    `${early.usedMs - before} and ${late.usedMs}`,
  );
});

test("after a pause of all, everybody starts level", () => {
  const clock = new ManualClock();
  const lanes = new LaneShare(1, clock);
  const a = new Load(lanes, clock, 1, () => 5);
  const b = new Load(lanes, clock, 1, () => 5);
  [a.left, b.left] = [100, 1];
  a.ask();
  b.ask();
  clock.advance(5000);
  const before = a.usedMs;
  [a.left, b.left] = [1000, 1000];
  a.ask();
  b.ask();
  clock.advance(200);
  assert.ok(Math.abs(a.usedMs - before - (b.usedMs - 5)) <= 5);
});

test("no lane idles while somebody has work, and no more lanes are used than there are", () => {
  const spec = fc.record({ weight: fc.integer({ min: 1, max: 5 }), runMs: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(
      fc.array(spec, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 3 }),
      (specs, count) => {
        const clock = new ManualClock();
        const lanes = new LaneShare(count, clock);
        const loads = specs.map(({ weight, runMs }) => new Load(lanes, clock, weight, () => runMs));
        for (const load of loads) load.left = 40;
        for (const load of loads) load.ask();
        for (let ms = 0; ms < 500; ms++) {
          const running = loads.reduce((sum, load) => sum + load.running, 0);
          const left = loads.reduce((sum, load) => sum + load.left, 0);
          assert.ok(running <= count);
          if (left > 0) assert.equal(running, count);
          clock.advance(1);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("a claim that declines passes its turn to the next, and a claim that left gets none", () => {
  const lanes = new LaneShare(1, new ManualClock());
  const calls: string[] = [];
  const busy = lanes.join(1, () => true);
  const declines = lanes.join(1, () => calls.push("declines") < 0);
  const leaves = lanes.join(1, () => calls.push("leaves") > 0);
  const takes = lanes.join(1, () => calls.push("takes") > 0);
  for (const claim of [busy, declines, leaves, takes]) claim.request();
  leaves.leave();
  busy.release(0);
  assert.deepEqual(calls, ["declines", "takes"]);
});

test("weights and lane counts that make no sense are refused", () => {
  assert.throws(() => new LaneShare(0, new ManualClock()), RangeError);
  const lanes = new LaneShare(1, new ManualClock());
  for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => lanes.join(weight, () => true), RangeError);
  }
});
