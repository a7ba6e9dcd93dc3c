import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { promoted, rolledBack, withoutVersion } from "./steps.ts";

const versions = fc.integer({ min: 1, max: 4 });

/** Where an alias stands and stood after promotions, none to where it stood already. */
const histories = fc.array(versions, { minLength: 1, maxLength: 120 }).map((moves) => {
  let [standing = 1, ...rest] = moves;
  let previous: readonly number[] = [];
  for (const to of rest) {
    if (to === standing) continue;
    previous = promoted(standing, previous);
    standing = to;
  }
  return { standing, previous };
});

const hasNoIdleStep = (standing: number, previous: readonly number[]) =>
  [standing, ...previous].every((step, index, all) => step !== all[index + 1]);

test("rolling back at once undoes a promotion, as far as it is remembered", () => {
  fc.assert(
    fc.property(histories, versions, ({ standing, previous }, to) => {
      fc.pre(to !== standing);
      const after = promoted(standing, previous);
      assert.ok(after.length <= 100);
      assert.deepEqual(rolledBack(after, standing), previous.slice(0, 99));
    }),
  );
});

test("without a deleted version the others stay in order, and no step leads nowhere", () => {
  fc.assert(
    fc.property(histories, versions, ({ standing, previous }, version) => {
      fc.pre(version !== standing);
      const left = withoutVersion(standing, previous, version);
      assert.ok(!left.includes(version));
      assert.ok(hasNoIdleStep(standing, left));
      for (const step of previous) assert.ok(step === version || step === standing || left.includes(step));
      if (!previous.includes(version)) assert.deepEqual(left, previous);
    }),
  );
});

test("an alias does not go back to where it never stood", () => {
  assert.equal(rolledBack([3, 2, 1], 4), undefined);
  assert.deepEqual(rolledBack([3, 2, 3, 1], 3), [2, 3, 1]);
});
