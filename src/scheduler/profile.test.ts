import assert from "node:assert/strict";
import { test } from "node:test";
import { column, FakeSession, twice } from "../../test/kit/fake-session.ts";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import type { RunResult, Session } from "../runtimes/index.ts";
import type { Tensors } from "../tensor/index.ts";
import { profileSession } from "./profile.ts";

const sample = (rows: number): Tensors => column(...Array<number>(rows).fill(1));

/** A session whose runs take what `us` says, on the clock and in their results. */
function timed(us: (rows: number, run: number) => number, options: Partial<Session> = {}) {
  const clock = new ManualClock();
  const runs: number[] = [];
  const start = (parts: readonly Tensors[]) => {
    const rows = parts[0]?.get("x")?.shape[0] ?? 0;
    runs.push(rows);
    const computeUs = us(rows, runs.length);
    clock.advance(computeUs / 1000);
    const result: RunResult = {
      outputs: twice(sample(rows)),
      cpuUs: computeUs,
      inputUs: 0,
      computeUs: 2 * computeUs,
      outputUs: 0,
    };
    return { done: Promise.resolve(result), terminate() {} };
  };
  const base = new FakeSession(clock);
  const { signature, rows, rowsReason, runInline } = base;
  const session: Session = {
    signature,
    rows,
    rowsReason,
    memoryBytes: 0,
    start,
    close: async () => {},
    ...options,
  };
  const withInline: Session = runInline ? { ...session, runInline } : session;
  return { clock, runs, session, withInline };
}

test("the knee of a tree ensemble is found, and its full batch runs inline", async () => {
  const trees = (rows: number) => (rows <= 16 ? 4.5 + rows * 1.5 : rows * 4);
  const { clock, withInline } = timed(trees);
  const profile = await profileSession(withInline, sample, { maxRows: 64, budgetMs: 1000 }, clock);
  assert.deepEqual(
    profile.curve.map(({ rows }) => rows),
    [1, 2, 4, 8, 16, 32, 64],
  );
  const { knee, batchingPays, inlineRows, maxRows } = profile;
  assert.deepEqual(
    { knee, batchingPays, inlineRows, maxRows },
    { knee: 16, batchingPays: true, inlineRows: 32, maxRows: 16 },
  );
});

test("without a way to run inline, nothing is inline", async () => {
  const { clock, session } = timed(() => 10);
  const profile = await profileSession(session, sample, { maxRows: 8, budgetMs: 1000 }, clock);
  assert.equal(profile.inlineRows, 0);
});

test("a model whose rows get slower in batches is not batched, nor run inline if slow", async () => {
  const { clock, withInline } = timed((rows) => 36_000 * rows * (1 + rows / 10));
  const profile = await profileSession(withInline, sample, { maxRows: 64, budgetMs: 2000 }, clock);
  assert.deepEqual([profile.batchingPays, profile.maxRows, profile.inlineRows], [false, 1, 0]);
});

test("it stops growing when the budget is spent, with at least one point", async () => {
  const { clock, session, runs } = timed((rows) => 10_000 + rows * 1000);
  await profileSession(session, sample, { maxRows: 1024, budgetMs: 500 }, clock);
  assert.ok(clock.now() <= 700, `took ${clock.now()} ms`);
  assert.ok(Math.max(...runs) < 1024);

  const slow = timed(() => 10_000_000);
  const profile = await profileSession(slow.session, sample, { maxRows: 1024, budgetMs: 500 }, slow.clock);
  assert.deepEqual([slow.runs, profile.curve], [[1], [{ rows: 1, us: 10_000_000 }]]);
});

test("each point is the quickest of several runs, and the first run does not count", async () => {
  const noisy = (rows: number, run: number) => (run % 2 === 0 ? 100 + rows : 5000);
  const { clock, session } = timed(noisy);
  const { curve } = await profileSession(session, sample, { maxRows: 4, budgetMs: 10_000 }, clock);
  assert.deepEqual(curve, [
    { rows: 1, us: 101 },
    { rows: 2, us: 102 },
    { rows: 4, us: 104 },
  ]);
});

test("a single row that was slow at first is measured again at the end", async () => {
  const { clock, session } = timed((rows, run) => (run < 10 ? 500 : 100 * rows));
  const { curve, batchingPays } = await profileSession(
    session,
    sample,
    { maxRows: 4, budgetMs: 1000 },
    clock,
  );
  assert.deepEqual([curve[0], batchingPays], [{ rows: 1, us: 100 }, false]);
});

test("rows that depend on each other are measured one at a time", async () => {
  const { clock, session, runs } = timed(() => 10, { rows: "none", rowsReason: "rows depend on each other" });
  const profile = await profileSession(session, sample, { maxRows: 64, budgetMs: 1000 }, clock);
  assert.deepEqual([new Set(runs), profile.batchingPays, profile.maxRows], [new Set([1]), false, 1]);
});

test("a run that fails on the sample fails the profile", async () => {
  const clock = new ManualClock();
  const session = new FakeSession(clock, { runMs: () => 0 });
  const profile = profileSession(session, () => column(-1), { maxRows: 4, budgetMs: 10 }, clock);
  clock.advance(1);
  await assert.rejects(profile, { code: "invalid_argument" });
});
