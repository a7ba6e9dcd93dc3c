import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RetryBudget } from "./retry-budget.ts";

/** The whole history counted again each time: a retry is paid by the burst, or by ten requests. */
function naiveSpends(steps: readonly boolean[]): boolean[] {
  return steps.flatMap((isRequest, at) => (isRequest ? [] : [leftAfter(steps.slice(0, at)) >= 10]));
}

function leftAfter(steps: readonly boolean[]): number {
  let left = 100;
  for (const isRequest of steps) {
    if (isRequest) left = Math.min(100, left + 1);
    else if (left >= 10) left -= 10;
  }
  return left;
}

test("a budget grants what its naive twin grants", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 150 }), (steps) => {
      const budget = new RetryBudget();
      const granted: boolean[] = [];
      for (const isRequest of steps) {
        if (isRequest) budget.earn();
        else granted.push(budget.spend());
      }
      assert.deepEqual(granted, naiveSpends(steps));
    }),
  );
});

test("however many are wanted, no more than a tenth of the requests and ten are retried", () => {
  const budget = new RetryBudget();
  let retries = 0;
  for (let request = 0; request < 1000; request++) {
    budget.earn();
    for (let wanted = 0; wanted < 3; wanted++) if (budget.spend()) retries += 1;
  }
  assert.ok(retries >= 100 && retries <= 110, `${retries} retries`);
});
