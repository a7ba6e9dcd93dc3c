import assert from "node:assert/strict";
import { test } from "node:test";
import { column, columnSignature, numbersOf, settle } from "../../test/kit/fake-session.ts";
import { scheduled } from "../../test/kit/scheduled.ts";
import { Deadline, Deadlines, PlatformError } from "../base/index.ts";
import { type Tensor, type Tensors, tensorOf } from "../tensor/index.ts";

const gone = () => new PlatformError("cancelled", "client gone");

test("what arrives while the lane is busy forms the next batch, and each gets its rows", async () => {
  const { session, run, pass } = scheduled();
  const answers = [run(1), run(2, 3), run(4)];
  await pass(2);
  const outputs = (await Promise.all(answers)).map((answer) => numbersOf(answer.outputs));
  assert.deepEqual(outputs, [[2], [4, 6], [8]]);
  assert.deepEqual(session.batches, [1, 3]);
});

test("what arrives in one turn of the event loop runs together, although a lane is free", async () => {
  const { session, run, pass } = scheduled({ defer: setImmediate });
  const answers = [run(1), run(2, 3), run(4)];
  assert.deepEqual(session.batches, []);
  await settle();
  assert.deepEqual(session.batches, [4]);
  await pass(1);
  await Promise.all(answers);
});

test("answers of one batch are views of its memory", async () => {
  const { run, pass } = scheduled();
  const answers = [run(0), run(1), run(2)];
  await pass(2);
  const [, second, third] = await Promise.all(answers);
  const bufferOf = (tensors?: Tensors) => (tensors?.get("y") as Tensor<"FP64"> | undefined)?.data.buffer;
  assert.ok(bufferOf(second?.outputs));
  assert.equal(bufferOf(second?.outputs), bufferOf(third?.outputs));
});

test("requests within the delay share a batch although a lane is free", async () => {
  const { session, run, pass, clock } = scheduled({ maxDelayUs: 5000 });
  const answers = [run(1), run(2)];
  clock.advance(4);
  assert.deepEqual(session.batches, []);
  clock.advance(1);
  assert.deepEqual(session.batches, [2]);
  await pass(1);
  await Promise.all(answers);
});

test("a delay below a millisecond is waited out turn by turn", async () => {
  const turns: (() => void)[] = [];
  const { session, run, pass, clock } = scheduled({ maxDelayUs: 500, defer: (fn) => turns.push(fn) });
  const answer = run(1);
  turns.shift()?.();
  assert.deepEqual([session.batches, turns.length], [[], 1]);
  clock.advance(0.5);
  turns.shift()?.();
  assert.deepEqual([session.batches, turns.length], [[1], 0]);
  await pass(1);
  await answer;
});

test("while no lane is free, no timer runs", async () => {
  const turns: (() => void)[] = [];
  const { run, pass } = scheduled({ maxDelayUs: 500, defer: (fn) => turns.push(fn) }, { runMs: () => 3 });
  const answers = [run(...Array.from({ length: 8 }, () => 1))];
  turns.shift()?.();
  answers.push(run(1));
  turns.shift()?.();
  answers.push(run(2));
  assert.equal(turns.length, 0);
  await pass(6);
  await Promise.all(answers);
});

test("a higher priority is served first, and equals in order of arrival", async () => {
  const { clock, session, scheduler, pass } = scheduled({ maxRows: 1 });
  const order: number[] = [];
  const ask = async (value: number, priority: number) => {
    await scheduler.run(column(value), 1, new Deadline(), { priority });
    order.push(value);
  };
  const answers = [ask(0, 0), ask(1, 0), ask(2, 5), ask(3, 0), ask(4, 5), ask(5, 9)];
  assert.equal(clock.now(), 0);
  await pass(6);
  await Promise.all(answers);
  assert.deepEqual(order, [0, 5, 2, 4, 1, 3]);
  assert.equal(session.runs.length, 6);
});

test("across shapes the oldest is next, so that none starves", async () => {
  const signature = {
    inputs: [{ name: "x", dtype: "FP64" as const, shape: [-1, -1], batchAxis: 0 as const }],
    outputs: [{ name: "y", dtype: "FP64" as const, shape: [-1, -1], batchAxis: 0 as const }],
  };
  const { session, scheduler, pass } = scheduled({}, { signature });
  const ask = (length: number) =>
    scheduler.run(new Map([["x", tensorOf("FP64", [1, length], Array(length).fill(1))]]), 1, new Deadline());
  const answers = [ask(9)];
  await pass(0);
  for (const length of [2, 3, 2, 1, 3]) {
    answers.push(ask(length));
  }
  await pass(5);
  await Promise.all(answers);
  const lengths = session.runs.map(({ inputs }) => inputs.get("x")?.shape);
  assert.deepEqual(lengths, [
    [1, 9],
    [2, 2],
    [2, 3],
    [1, 1],
  ]);
});

test("requests for different outputs do not share a batch", async () => {
  const { session, scheduler, run, pass } = scheduled();
  const answers = [run(1), run(2), scheduler.run(column(3), 1, new Deadline(), { outputs: ["y"] }), run(4)];
  await pass(3);
  await Promise.all(answers);
  assert.deepEqual(
    session.runs.map(({ parts, outputs }) => [parts, outputs]),
    [
      [[1], undefined],
      [[1, 1], undefined],
      [[1], ["y"]],
    ],
  );
});

test("an output that the model does not have is refused", async () => {
  const { scheduler } = scheduled();
  const answer = scheduler.run(column(3), 1, new Deadline(), { outputs: ["z"] });
  await assert.rejects(answer, {
    code: "invalid_argument",
    message: 'output "z" is not of this model, expected y',
  });
});

test("a full queue refuses at once, in rows and in bytes, and says when to come back", async () => {
  const full = scheduled({ maxQueueRows: 3 }, { runMs: () => 10 });
  const rows = [full.run(1)];
  await full.pass(10);
  rows.push(full.run(1), full.run(1, 2), full.run(1));
  await assert.rejects(full.run(1), (error) => {
    assert.ok(error instanceof PlatformError);
    assert.equal(error.code, "resource_exhausted");
    assert.equal(error.message, "queue is full: 3 rows wait and this request has 1, expected at most 3 rows");
    assert.equal(error.details.retryAfterMs, 10);
    return true;
  });
  await full.pass(20);
  await Promise.all(rows);

  const bytes = scheduled({ maxQueueBytes: 16 });
  const kept = [bytes.run(1), bytes.run(2), bytes.run(3)];
  await assert.rejects(bytes.run(4), {
    message: /16 bytes wait and this request has 8, expected at most 16 bytes/,
  });
  await bytes.pass(2);
  await Promise.all(kept);
});

test("a request that would not fit into an empty queue is too large", async () => {
  const { run } = scheduled({ maxQueueRows: 3 });
  await assert.rejects(run(1, 2, 3, 4), { code: "too_large" });
});

test("a request that the queue would outlast is refused at once, unless it has priority", async () => {
  const { clock, scheduler, run, pass } = scheduled({ maxRows: 1 }, { runMs: () => 20 });
  const deadlines = new Deadlines(clock);
  const answers = [run(0)];
  await pass(20);
  answers.push(run(1), run(2), run(3), run(4));
  await assert.rejects(scheduler.run(column(5), 1, deadlines.start(50)), (error) => {
    assert.ok(error instanceof PlatformError);
    const { code, message, details } = error;
    assert.deepEqual([code, details.retryAfterMs], ["resource_exhausted", 10]);
    assert.equal(message, "queue is too long for the deadline: it takes about 60 ms, expected at most 50 ms");
    return true;
  });
  answers.push(scheduler.run(column(5), 1, deadlines.start(50), { priority: 1 }));
  answers.push(scheduler.run(column(6), 1, deadlines.start(200)));
  await pass(140);
  await Promise.all(answers);
});

test("a large request is split, and its chunks are joined in order", async () => {
  const { session, run, pass } = scheduled({ maxRows: 3 }, {}, 1);
  const values = Array.from({ length: 8 }, (_, i) => i);
  const answer = run(...values);
  await pass(3);
  const { outputs, timing } = await answer;
  assert.deepEqual(outputs.get("y")?.shape, [8, 1]);
  assert.deepEqual(
    numbersOf(outputs),
    values.map((value) => value * 2),
  );
  assert.deepEqual(session.batches, [3, 3, 2]);
  assert.deepEqual([timing.cpuUs, timing.batchRows, timing.queueUs], [80, 3, 2000]);
});

test("when one chunk fails, the request fails and its other chunks are dropped", async () => {
  const { session, scheduler, run, pass } = scheduled({ maxRows: 1 });
  const answer = run(1, -2, 3, 4);
  const refused = assert.rejects(answer, { code: "invalid_argument", message: "negative value -2" });
  await pass(5);
  await refused;
  assert.deepEqual(
    [session.runs.length <= 3, scheduler.depth()],
    [true, { requests: 0, rows: 0, bytes: 0, running: 0 }],
  );
});

test("a deadline that ends while waiting takes the request out at once", async () => {
  const { clock, session, scheduler, run, pass } = scheduled({}, { runMs: () => 50 });
  const deadlines = new Deadlines(clock);
  const first = run(1);
  const late = assert.rejects(scheduler.run(column(2), 1, deadlines.start(10)), {
    code: "deadline_exceeded",
  });
  assert.equal(scheduler.depth().rows, 1);
  await pass(15);
  await late;
  assert.equal(scheduler.depth().rows, 0);
  await pass(40);
  await first;
  assert.deepEqual(session.batches, [1]);
});

test("a run is stopped once all its requests are over, and goes on for those that are not", async () => {
  const { session, scheduler, pass, run } = scheduled({}, { runMs: () => 5 });
  const blocker = run(0);
  const [a, b] = [new Deadline(), new Deadline()];
  const answers = [scheduler.run(column(1), 1, a), scheduler.run(column(2), 1, b)];
  await pass(6);
  await blocker;
  a.end(gone());
  await assert.rejects(answers[0] ?? blocker, { message: "client gone" });
  assert.equal(session.runs[1]?.terminated, false);
  b.end(gone());
  assert.equal(session.runs[1]?.terminated, true);
  await assert.rejects(answers[1] ?? blocker, { message: "client gone" });
  await settle();
  assert.equal(scheduler.depth().running, 0);
});

test("one of two goes on when the other has left", async () => {
  const { scheduler, pass, run, session } = scheduled({}, { runMs: () => 5 });
  const blocker = run(0);
  const a = new Deadline();
  const left = assert.rejects(scheduler.run(column(1), 1, a), { message: "client gone" });
  const stays = run(2);
  await pass(6);
  await blocker;
  a.end(gone());
  await left;
  await pass(5);
  assert.deepEqual(numbersOf((await stays).outputs), [4]);
  assert.equal(session.runs.length, 2);
});

test("a request that is over already does not queue", async () => {
  const { scheduler, session } = scheduled();
  const over = new Deadline();
  over.end(gone());
  await assert.rejects(scheduler.run(column(1), 1, over), { message: "client gone" });
  assert.equal(session.runs.length, 0);
});

test("rows that depend on each other, or have no axis in an output, are never joined or split", async () => {
  const noAxis = {
    ...columnSignature,
    outputs: [{ name: "y", dtype: "FP64" as const, shape: [1], batchAxis: null }],
  };
  for (const fake of [{ rows: "none" as const }, { signature: noAxis }]) {
    const { session, scheduler, run, pass } = scheduled({ maxRows: 2 }, fake);
    const answers = [run(1), run(2), run(3, 4, 5)];
    await pass(3);
    await Promise.all(answers);
    assert.deepEqual([session.batches, scheduler.batching.mode], [[1, 1, 3], "none"]);
  }
});

test("the CPU time of a run is divided over its rows, to the last bit", async () => {
  const { run, pass } = scheduled({}, { cpuUs: () => 1000 });
  const answers = [run(0), run(1), run(2, 3, 4), run(5, 6, 7)];
  await pass(2);
  const [alone, ...shared] = (await Promise.all(answers)).map(({ timing }) => timing.cpuUs);
  assert.equal(alone, 1000);
  assert.equal(
    shared.reduce((sum, us) => sum + us, 0),
    1000,
  );
  assert.ok(Math.abs((shared[1] ?? 0) - (1000 * 3) / 7) < 0.01);
});

test("every run is reported with its rows and costs, failed ones too", async () => {
  const { events, run, pass } = scheduled();
  const answers = [run(1), run(2, 3), run(-4)];
  const settled = Promise.allSettled(answers);
  await pass(4);
  await settled;
  assert.deepEqual(
    events.map(({ rows, cpuUs, failed }) => [rows, cpuUs, failed]),
    [
      [1, 10, false],
      [3, 0, true],
      [2, 20, false],
      [1, 0, true],
    ],
  );
});

test("at most `instances` runs are under way", async () => {
  const { session, run, pass } = scheduled({ maxRows: 1, instances: 2 }, {}, 4);
  const answers = [run(1), run(2), run(3), run(4)];
  assert.equal(session.running, 2);
  await pass(2);
  await Promise.all(answers);
});

test("draining refuses new requests and resolves when the last is answered", async () => {
  const { scheduler, run, pass } = scheduled();
  const answers = [run(1), run(2)];
  let isDrained = false;
  const drained = scheduler.drain().then(() => (isDrained = true));
  await assert.rejects(run(3), { code: "unavailable" });
  await pass(1);
  assert.equal(isDrained, false);
  await pass(1);
  await Promise.all([...answers, drained, scheduler.drain()]);
});

test("draining ends as soon as the last waiting request leaves", async () => {
  const { scheduler } = scheduled({ maxDelayUs: 1_000_000 });
  const deadline = new Deadline();
  const left = assert.rejects(scheduler.run(column(1), 1, deadline), { message: "client gone" });
  const drained = scheduler.drain();
  deadline.end(gone());
  await Promise.all([left, drained]);
});

test("options that make no sense are refused", () => {
  assert.throws(() => scheduled({ maxRows: 0 }), RangeError);
  assert.throws(() => scheduled({ instances: 0 }), RangeError);
  assert.throws(() => scheduled({ inline: true }, { inline: false }), RangeError);
});
