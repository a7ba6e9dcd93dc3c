import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chooseVariant, isAmong } from "./split.ts";

const KEYS = Array.from({ length: 4000 }, (_, i) => `customer-${i}`);
const names = (weights: readonly number[]) => weights.map((weight, i) => ({ name: `v${i}`, weight }));
const choice = (weights: readonly number[], key: string, salt = "") =>
  chooseVariant(names(weights), salt, key)?.name;

test("a key has the same variant every time, and another salt shuffles who has which", () => {
  const first = KEYS.map((key) => choice([1, 1], key));
  assert.deepEqual(
    KEYS.map((key) => choice([1, 1], key)),
    first,
  );
  const moved = KEYS.filter((key, i) => choice([1, 1], key, "other") !== first[i]).length;
  assert.ok(moved > 0.4 * KEYS.length && moved < 0.6 * KEYS.length, `${moved} moved`);
});

test("shares are those of the weights, within five standard deviations", () => {
  for (const weights of [
    [90, 10],
    [1, 1, 1],
    [0.2, 0.3, 0.5],
    [1, 0],
  ]) {
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, weight] of weights.entries()) {
      const count = KEYS.filter((key) => choice(weights, key) === `v${i}`).length;
      const share = weight / all;
      const slack = 5 * Math.sqrt(KEYS.length * share * (1 - share));
      assert.ok(Math.abs(count - KEYS.length * share) <= slack, `${count} of ${KEYS.length} for ${share}`);
    }
  }
});

test("raising one weight moves keys to that variant alone; taking one away moves only its own", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(weights, fc.nat(), fc.integer({ min: 1, max: 100 }), fc.string(), (before, at, by, key) => {
      const one = at % before.length;
      const raised = before.map((weight, i) => (i === one ? weight + by : weight));
      const [from, to] = [choice(before, key), choice(raised, key)];
      assert.ok(to === from || to === `v${one}`);
      const without = before.map((weight, i) => (i === one ? 0 : weight));
      if (from !== `v${one}`) assert.equal(choice(without, key), from);
    }),
  );
});

test("nobody is chosen where every weight is 0, and names decide, not places", () => {
  assert.equal(choice([0, 0], "key"), undefined);
  const variants = names([3, 5, 7]);
  for (const key of KEYS.slice(0, 200)) {
    assert.equal(chooseVariant(variants, "", key), chooseVariant(variants.toReversed(), "", key));
  }
});

test("a larger share holds every key of a smaller one", () => {
  for (const key of KEYS.slice(0, 500)) {
    if (isAmong(10, "", key)) assert.ok(isAmong(30, "", key));
    assert.ok(isAmong(100, "", key));
    assert.ok(!isAmong(0, "", key));
  }
});
