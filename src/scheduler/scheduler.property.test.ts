import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { column, numbersOf, settle } from "../../test/kit/fake-session.ts";
import { type Scheduled, scheduled } from "../../test/kit/scheduled.ts";
import { Deadlines, PlatformError } from "../base/index.ts";
import type { Answer } from "./entry.ts";
import type { SchedulerOptions } from "./scheduler-options.ts";
import type { Defer } from "./wake-timer.ts";

/** One request: when it comes after the one before it, what it is, and how it may end early. */
interface Ask {
  readonly gapMs: number;
  readonly rows: number;
  readonly priority: number;
  readonly isBad: boolean;
  readonly deadlineMs: number | undefined;
  readonly cancelMs: number | undefined;
}

interface Case {
  readonly asks: readonly Ask[];
  readonly options: Partial<SchedulerOptions>;
  readonly laneCount: number;
  readonly runMs: number;
}

const sometimes = <T>(arbitrary: fc.Arbitrary<T>, freq = 4) => fc.option(arbitrary, { freq, nil: undefined });
const upTo = (max: number, min = 0) => fc.integer({ min, max });

const asks = fc.array(
  fc.record<Ask>({
    gapMs: upTo(2),
    rows: upTo(9),
    priority: upTo(2),
    isBad: upTo(9).map((n) => n === 0),
    deadlineMs: sometimes(upTo(30, 1), 1),
    cancelMs: sometimes(upTo(10), 1),
  }),
  { minLength: 1, maxLength: 40 },
);

const cases: fc.Arbitrary<Case> = fc.record({
  asks,
  options: fc.record({
    mode: fc.constantFrom<"rows" | "none">("rows", "rows", "none"),
    maxRows: upTo(8, 1),
    maxDelayUs: fc.constantFrom(0, 0, 3000),
    preferredRows: fc.constantFrom([], [], [2, 4]),
    maxQueueRows: fc.constantFrom(1000, 12),
    maxQueueBytes: fc.constantFrom(1_000_000, 120),
    instances: upTo(3, 1),
    inline: fc.boolean(),
    defer: fc.constantFrom<Defer>((fn) => fn(), setImmediate),
  }),
  laneCount: upTo(3, 1),
  runMs: upTo(4, 1),
});

/** Values of request `i`: they name it, and are negative where it is bad. */
const valuesOf = ({ rows, isBad }: Ask, i: number) => Array<number>(rows).fill((isBad ? -1 : 1) * (i + 1));

/** Lets time pass, and holds every bound at every step. */
async function step({ clock, session, scheduler }: Scheduled, { options, laneCount }: Case): Promise<void> {
  clock.advance(1);
  await settle();
  const depth = scheduler.depth();
  assert.ok(depth.rows <= (options.maxQueueRows ?? 0), `${depth.rows} rows wait`);
  assert.ok(depth.bytes <= (options.maxQueueBytes ?? 0), `${depth.bytes} bytes wait`);
  assert.ok(session.running <= Math.min(options.instances ?? 0, laneCount), `${session.running} runs`);
}

/** Plays a case to its end and returns what became of each request. */
async function play(bench: Scheduled, own: Case): Promise<PromiseSettledResult<Answer>[]> {
  const deadlines = new Deadlines(bench.clock);
  const answers: Promise<Answer>[] = [];
  for (const [i, ask] of own.asks.entries()) {
    for (let ms = 0; ms < ask.gapMs; ms++) await step(bench, own);
    const deadline = deadlines.start(ask.deadlineMs);
    const answer = bench.scheduler.run(column(...valuesOf(ask, i)), ask.rows, deadline, {
      priority: ask.priority,
    });
    answers.push(answer);
    const close = () => deadline.close();
    answer.then(close, close);
    const { cancelMs } = ask;
    if (cancelMs !== undefined) {
      bench.clock.after(cancelMs, () => deadline.end(new PlatformError("cancelled", "client gone")));
    }
  }
  const settled = Promise.allSettled(answers);
  const end = { isReached: false };
  void settled.then(() => (end.isReached = true));
  for (let ms = 0; ms < 5000 && !end.isReached; ms++) await step(bench, own);
  assert.ok(end.isReached, "a request was lost");
  await Promise.all([bench.scheduler.drain(), settle()]);
  assert.equal(deadlines.size, 0);
  return settled;
}

/** An answer is that of the request alone; a failure has its reason in the request itself. */
function checkOutcome(outcome: PromiseSettledResult<Answer>, ask: Ask, i: number): void {
  const values = valuesOf(ask, i);
  const isPoison = values.some((value) => value < 0);
  if (outcome.status === "fulfilled") {
    assert.ok(!isPoison);
    const doubled = values.map((value) => value * 2);
    assert.deepEqual(numbersOf(outcome.value.outputs), doubled);
    assert.deepEqual(outcome.value.outputs.get("y")?.shape, [ask.rows, 1]);
    return;
  }
  assert.ok(outcome.reason instanceof PlatformError);
  const { code } = outcome.reason;
  if (code === "invalid_argument") assert.ok(isPoison);
  else if (code === "cancelled") assert.notEqual(ask.cancelMs, undefined);
  else if (code === "deadline_exceeded") assert.notEqual(ask.deadlineMs, undefined);
  else assert.match(code, /^(resource_exhausted|too_large)$/);
}

/** Requests of one priority run for the first time in the order of their arrival. */
function checkOrder({ session }: Scheduled, { asks: all }: Case): void {
  const seen = new Set<number>();
  const last = new Map<number, number>();
  for (const value of session.runs.flatMap(({ inputs }) => numbersOf(inputs, "x"))) {
    const id = Math.abs(value) - 1;
    const priority = all[id]?.priority ?? 0;
    if (seen.has(id)) continue;
    seen.add(id);
    assert.ok((last.get(priority) ?? -1) < id, `request ${id} ran after a younger one`);
    last.set(priority, id);
  }
}

test("no request is lost, mixed up or answered wrongly, and no bound is exceeded, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (own) => {
      const bench = scheduled(own.options, { runMs: () => own.runMs }, own.laneCount);
      const outcomes = await play(bench, own);
      for (const [i, outcome] of outcomes.entries()) checkOutcome(outcome, own.asks[i] as Ask, i);
      if (!own.options.inline) checkOrder(bench, own);
      if (own.options.mode === "rows") {
        assert.ok(Math.max(0, ...bench.session.batches) <= (own.options.maxRows ?? 0));
      }
      assert.equal(bench.session.running, 0);
      assert.deepEqual(bench.scheduler.depth(), { requests: 0, rows: 0, bytes: 0, running: 0 });
    }),
    { numRuns: 300 },
  );
});

test("the shares of CPU time add up to that of all runs, whoever is asked", async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.integer({ min: 0, max: 100_000 }), async (own, cpuUs) => {
      const calm = own.asks.map((ask) => ({
        ...ask,
        isBad: false,
        deadlineMs: undefined,
        cancelMs: undefined,
      }));
      const options = { ...own.options, maxQueueRows: 1000, maxQueueBytes: 1_000_000 };
      const bench = scheduled(options, { runMs: () => own.runMs, cpuUs: () => cpuUs }, own.laneCount);
      const outcomes = await play(bench, { ...own, asks: calm, options });
      const charged = outcomes.map((outcome) =>
        outcome.status === "fulfilled" ? outcome.value.timing.cpuUs : 0,
      );
      const sum = charged.reduce((a, b) => a + b, 0);
      assert.equal(sum, cpuUs * bench.session.runs.length);
      assert.equal(
        sum,
        bench.events.reduce((total, event) => total + event.cpuUs, 0),
      );
    }),
    { numRuns: 60 },
  );
});
