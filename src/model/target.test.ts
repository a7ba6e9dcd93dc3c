import assert from "node:assert/strict";
import { test } from "node:test";
import { isAliasName, parseModelTarget } from "./target.ts";

test("a name stands for a champion, an alias or a version of a model", () => {
  assert.deepEqual(parseModelTarget("churn"), { model: "churn", alias: "champion" });
  assert.deepEqual(parseModelTarget("churn@challenger"), { model: "churn", alias: "challenger" });
  assert.deepEqual(parseModelTarget("churn@7"), { model: "churn", version: 7 });
});

test("what is no model, alias or version is no target", () => {
  for (const text of ["", "@", "@7", "churn@", "churn@07", "churn@0", "churn@-1", "churn@A", "a@b@c"]) {
    assert.equal(parseModelTarget(text), undefined, text);
  }
  for (const text of ["../churn", "churn@../x", "churn@1e3e5/..", "churn\0", `churn@${"9".repeat(16)}`]) {
    assert.equal(parseModelTarget(text), undefined, text);
  }
});

test("an alias is never a number alone", () => {
  assert.equal(isAliasName("7"), false);
  assert.equal(isAliasName("7b"), true);
});
