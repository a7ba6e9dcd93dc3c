import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { aPlan } from "../sample-plan.suite.ts";
import { unitFile } from "./unit.ts";

const keysOf = (unit: string) =>
  unit
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.split("=", 1)[0]);

test("the unit takes every right away but its cache", () => {
  const unit = unitFile(aPlan());
  for (const line of [
    "DynamicUser=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "NoNewPrivileges=yes",
  ]) {
    assert.ok(unit.split("\n").includes(line), line);
  }
  assert.match(
    unit,
    /^ExecStart="\/opt\/sirve-churn\/bin\/node" "\/opt\/sirve-churn\/program\/dist\/cli\/main.js" "serve"$/m,
  );
});

test("no value of a setting adds a line to the unit, or a key", () => {
  const expected = keysOf(unitFile(aPlan({ environment: { SIRVE_LOG_LEVEL: "warn" } })));
  const ends = fc.constantFrom("\\", '"', '\\"', "%n", "${HOME}", ";", "' ");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 30 }), ends, (text, end) => {
      const unit = unitFile(aPlan({ environment: { SIRVE_LOG_LEVEL: text + end } }));
      assert.deepEqual(keysOf(unit), expected);
      const line = unit.split("\n").find((one) => one.includes("SIRVE_LOG_LEVEL")) ?? "";
      assert.match(line, /^Environment="(?:[^"\\%]|\\.|%%)*"$/);
    }),
  );
});
