import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { column, numbersOf } from "../../test/kit/fake-session.ts";
import { type Tensors, tensorOf } from "../tensor/index.ts";
import { cutRequest, joinAnswers } from "./chunks.ts";

const timing = { queueUs: 0, computeUs: 0, cpuUs: 0, batchRows: 0 };

test("joining undoes cutting", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double(), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (values, maxRows) => {
        const chunks = cutRequest(column(...values), values.length, maxRows);
        assert.ok(chunks.every(({ rows }) => rows >= 1 && rows <= maxRows));
        if (chunks.length === 0) return;
        const answers = chunks.map(({ inputs }) => ({ outputs: inputs, timing }));
        const { outputs } = joinAnswers(
          answers,
          chunks.map(({ rows }) => rows),
        );
        assert.deepEqual(numbersOf(outputs, "x"), values);
      },
    ),
  );
});

test("timings are those of the chunk that started last, but for the CPU time and the largest batch", () => {
  const { timing: joined } = joinAnswers(
    [
      { outputs: new Map(), timing: { queueUs: 5, computeUs: 100, cpuUs: 7, batchRows: 8 } },
      { outputs: new Map(), timing: { queueUs: 105, computeUs: 50, cpuUs: 3, batchRows: 4 } },
      { outputs: new Map(), timing: { queueUs: 55, computeUs: 70, cpuUs: 2, batchRows: 5 } },
    ],
    [8, 4, 5],
  );
  assert.deepEqual(joined, { queueUs: 105, computeUs: 50, cpuUs: 12, batchRows: 8 });
});

test("chunks whose outputs do not follow their rows cannot be joined", () => {
  const answer = (shape: number[]): { outputs: Tensors; timing: typeof timing } => ({
    outputs: new Map([["y", tensorOf("FP32", shape, Array<number>(shape[0] ?? 0).fill(0))]]),
    timing,
  });
  assert.throws(() => joinAnswers([answer([2]), answer([1])], [2, 2]), {
    code: "internal",
    message: 'output "y" of a split request has shapes [2], [1], expected equal shapes of 2, 2 rows',
  });
  assert.throws(() => joinAnswers([answer([2, 1]), answer([1])], [2, 1]), { code: "internal" });
});
