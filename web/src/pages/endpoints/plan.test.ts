import assert from "node:assert/strict";
import { test } from "node:test";
import { NEW_PLAN, nextName, planOf, sharesOf, specOf } from "./plan.ts";

const endpoint = {
  endpoint: "ab",
  variants: [{ name: "a", target: "churn", weight: 3 }],
  shadow: { target: "churn@2", percent: 50, maxConcurrency: 7, tolerance: 0.1 },
  splitKey: "x-user",
  salt: "s",
  revision: 4,
  changedAt: "2026-11-27T12:00:00Z",
  changedBy: "",
};

test("shares add up to one, and to nothing where nobody has a weight", () => {
  assert.deepEqual(sharesOf(NEW_PLAN.variants), [0.9, 0.1]);
  assert.deepEqual(sharesOf([{ name: "a", target: "x", weight: 0 }]), [0]);
});

test("what a person did not touch stays as it was", () => {
  const spec = specOf({ ...planOf(endpoint), percent: 10 }, endpoint);
  assert.deepEqual(spec, {
    variants: endpoint.variants,
    shadow: { target: "churn@2", percent: 10, maxConcurrency: 7, tolerance: 0.1 },
    splitKey: "x-user",
    salt: "s",
  });
});

test("a shadow whose target is emptied is gone", () => {
  assert.ok(!("shadow" in specOf({ ...planOf(endpoint), shadowTarget: "" }, endpoint)));
});

test("a new variant has a name of its own", () => {
  assert.equal(nextName(NEW_PLAN.variants), "c");
  assert.equal(nextName([{ name: "b", target: "", weight: 0 }]), "a");
});
