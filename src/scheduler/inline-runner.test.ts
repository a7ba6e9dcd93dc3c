import assert from "node:assert/strict";
import { test } from "node:test";
import { column, numbersOf } from "../../test/kit/fake-session.ts";
import { scheduled } from "../../test/kit/scheduled.ts";
import { Deadline, PlatformError } from "../base/index.ts";
import { type Tensor, type Tensors, tensorOf } from "../tensor/index.ts";
import type { SchedulerOptions } from "./scheduler-options.ts";

/** Turns of the event loop that come when told to. */
function inline(options: Partial<SchedulerOptions> = {}, fake: Parameters<typeof scheduled>[1] = {}) {
  const turns: (() => void)[] = [];
  const all = scheduled({ inline: true, defer: (fn) => turns.push(fn), ...options }, fake);
  return { ...all, turns, turn: () => turns.shift()?.() };
}

test("what arrives in one turn runs together at its end, without a lane", async () => {
  const { session, run, turn, turns } = inline();
  const answers = [run(1), run(2), run(3)];
  assert.deepEqual([session.runs.length, turns.length], [0, 1]);
  turn();
  assert.deepEqual(
    (await Promise.all(answers)).map(({ outputs }) => numbersOf(outputs)),
    [[2], [4], [6]],
  );
  assert.deepEqual([session.batches, turns.length], [[3], 0]);
});

test("batches have at most `maxRows` rows, and a large request is split", async () => {
  const { session, run, turn } = inline({ maxRows: 2 });
  const answers = [run(1), run(2), run(3, 4, 5)];
  turn();
  assert.deepEqual(
    (await Promise.all(answers)).map(({ outputs }) => numbersOf(outputs)),
    [[2], [4], [6, 8, 10]],
  );
  assert.deepEqual(session.batches, [2, 2, 1]);
});

test("one turn does not hold the event loop: the rest runs in the next", async () => {
  const batchMs = 0.6;
  const { session, clock, run, turn, turns } = inline(
    { maxRows: 1 },
    {
      compute: (inputs) => {
        clock.advance(batchMs);
        return new Map([["y", inputs.get("x") as never]]);
      },
    },
  );
  const answers = [run(1), run(2), run(3), run(4), run(5)];
  turn();
  assert.deepEqual([session.runs.length, turns.length], [2, 1]);
  turn();
  turn();
  assert.deepEqual([session.runs.length, turns.length], [5, 0]);
  await Promise.all(answers);
});

test("a failed batch is bisected in the same way", async () => {
  const { session, run, turn } = inline();
  const settled = Promise.allSettled([run(1), run(-2), run(3)]);
  turn();
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(session.batches, [3, 1, 2, 1, 1]);
});

test("a request that leaves before its turn costs no row", async () => {
  const { session, scheduler, run, turn } = inline();
  const deadline = new Deadline();
  const left = assert.rejects(scheduler.run(column(1), 1, deadline), { message: "client gone" });
  const stays = run(2);
  deadline.end(new PlatformError("cancelled", "client gone"));
  await left;
  turn();
  await stays;
  assert.deepEqual(session.batches, [1]);
});

test("a request too large for the main thread that must not be split goes to a lane", async () => {
  const { session, run, turn, pass, scheduler } = inline({ mode: "none", maxRows: 2 });
  const answers = [run(1), run(2, 3, 4)];
  turn();
  assert.deepEqual([session.batches, session.running, scheduler.depth().requests], [[1], 0, 1]);
  turn();
  assert.deepEqual([session.batches, session.running], [[1, 3], 1]);
  await pass(1);
  assert.deepEqual(
    (await Promise.all(answers)).map(({ outputs }) => numbersOf(outputs)),
    [[2], [4, 6, 8]],
  );
});

test("long texts go to a lane, since a profile knows short ones only", async () => {
  const text = { name: "x", dtype: "BYTES" as const, shape: [-1], batchAxis: 0 as const };
  const compute = (inputs: Tensors): Tensors => new Map([["y", inputs.get("x") as Tensor]]);
  const signature = { inputs: [text], outputs: [{ ...text, name: "y" }] };
  const { session, scheduler, turn, pass } = inline({}, { signature, compute });
  const ask = (...texts: string[]) =>
    scheduler.run(new Map([["x", tensorOf("BYTES", [texts.length], texts)]]), texts.length, new Deadline());
  const answers = [ask("short", "text"), ask("long".repeat(300))];
  turn();
  turn();
  assert.deepEqual([session.batches, session.running], [[2, 1], 1]);
  await pass(1);
  await Promise.all(answers);
});

test("it drains", async () => {
  const { scheduler, run, turn } = inline();
  const answer = run(1);
  const drained = scheduler.drain();
  turn();
  await Promise.all([answer, drained]);
});
