import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { column, numbersOf } from "../../test/kit/fake-session.ts";
import { scheduled } from "../../test/kit/scheduled.ts";
import { Deadline, PlatformError } from "../base/index.ts";
import { type Tensors, tensorOf } from "../tensor/index.ts";

const gone = () => new PlatformError("cancelled", "client gone");

test("a failed batch is bisected until only the bad request fails", async () => {
  const { session, run, pass } = scheduled();
  const blocker = run(0);
  const values = [1, 2, 3, -4, 5, 6, 7, 8];
  const answers = values.map((value) => run(value));
  const settled = Promise.allSettled(answers);
  await pass(20);
  await blocker;
  const states = (await settled).map((s) =>
    s.status === "fulfilled" ? numbersOf(s.value.outputs)[0] : String(s.reason),
  );
  assert.deepEqual(states, [2, 4, 6, "PlatformError: negative value -4", 10, 12, 14, 16]);
  assert.deepEqual(session.batches, [1, 8, 4, 4, 2, 2, 1, 1]);
});

test("a request that left meanwhile is left out of the second run", async () => {
  const { session, scheduler, run, pass } = scheduled();
  const blocker = run(0);
  const leaving = new Deadline();
  const answers = [run(-1), scheduler.run(column(2), 1, leaving), run(3), run(4)];
  const settled = Promise.allSettled(answers);
  await pass(1);
  leaving.end(gone());
  await pass(10);
  await blocker;
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["rejected", "rejected", "fulfilled", "fulfilled"],
  );
  assert.deepEqual(session.batches, [1, 4, 1, 2]);
});

test("a request that is left alone in a failed batch gets a run of its own", async () => {
  const { session, scheduler, run, pass } = scheduled();
  const blocker = run(0);
  const leaving = new Deadline();
  const settled = Promise.allSettled([scheduler.run(column(-1), 1, leaving), run(2)]);
  await pass(1);
  leaving.end(gone());
  await pass(2);
  await blocker;
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["rejected", "fulfilled"],
  );
  assert.deepEqual(session.batches, [1, 2, 1]);
});

test("a dead engine fails the batch without a second run", async () => {
  const dead = () => {
    throw new PlatformError("unavailable", "engine process died");
  };
  const { session, run, pass } = scheduled({}, { compute: dead });
  const settled = Promise.allSettled([run(0), run(1), run(2)]);
  await pass(3);
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["rejected", "rejected", "rejected"],
  );
  assert.deepEqual(session.batches, [1, 2]);
});

test("a batch that takes far too long is stopped and tried apart: only the endless request waits on", async () => {
  const endless = 7;
  const { session, scheduler, run, pass } = scheduled(
    {},
    { runMs: (_rows, inputs) => (numbersOf(inputs, "x").includes(endless) ? undefined : 1) },
  );
  const first = run(0);
  await pass(1);
  const blocker = run(0);
  const deadline = new Deadline();
  const lost = assert.rejects(scheduler.run(column(endless), 1, deadline), { message: "client gone" });
  const others = [run(1), run(2), run(3)];
  await pass(1001);
  assert.deepEqual([session.runs[2]?.terminated, session.batches], [true, [1, 1, 4, 2]]);
  await pass(1002);
  deadline.end(gone());
  await lost;
  await pass(2);
  await Promise.all([first, blocker]);
  assert.deepEqual(
    (await Promise.all(others)).map(({ outputs }) => numbersOf(outputs)),
    [[2], [4], [6]],
  );
  assert.equal(session.running, 0);
});

test("outputs that do not follow the rows end joining for good", async () => {
  const compute = (inputs: Tensors): Tensors =>
    new Map([["y", tensorOf("FP64", [1, 1], [numbersOf(inputs, "x").reduce((a, b) => a + b, 0)])]]);
  const { session, scheduler, run, pass } = scheduled({}, { compute });
  const answers = [run(1), run(2), run(3)];
  await pass(4);
  assert.deepEqual(
    (await Promise.all(answers)).map(({ outputs }) => numbersOf(outputs)),
    [[1], [2], [3]],
  );
  const after = [run(4), run(5), run(6)];
  await pass(3);
  await Promise.all(after);
  assert.deepEqual(session.batches, [1, 2, 1, 1, 1, 1, 1]);
  assert.deepEqual(
    [scheduler.batching.mode, scheduler.batching.reason],
    ["none", 'output "y" has shape [1,1] for 2 rows'],
  );
});

test("bisection fails exactly the bad requests, whatever their number and place", async () => {
  const request = fc.record({ isBad: fc.boolean(), rows: fc.integer({ min: 1, max: 3 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 16 }), async (requests) => {
      const { session, run, pass } = scheduled({ maxRows: 64 });
      const answers = [run(0)];
      const values = requests.map(({ isBad, rows }, i) => Array<number>(rows).fill(isBad ? -1 - i : 1 + i));
      answers.push(...values.map((own) => run(...own)));
      const settled = Promise.allSettled(answers.slice(1));
      await pass(40);
      for (const [i, state] of (await settled).entries()) {
        const own = values[i] ?? [];
        const doubled = own.map((value) => value * 2);
        if (state.status === "fulfilled") assert.deepEqual(numbersOf(state.value.outputs), doubled);
        else assert.equal(String(state.reason), `PlatformError: negative value ${own[0]}`);
        assert.equal(state.status === "rejected", requests[i]?.isBad);
      }
      const bad = requests.filter(({ isBad }) => isBad).length;
      const bound = 2 + 2 * bad * Math.ceil(Math.log2(requests.length));
      assert.ok(session.runs.length <= bound, `${session.runs.length} runs, expected at most ${bound}`);
    }),
    { numRuns: 50 },
  );
});
