import assert from "node:assert/strict";
import { test } from "node:test";
import { packagedModel } from "./packaged-model.ts";
import { makePlan } from "./plan.ts";
import { PROGRAM } from "./sample-plan.suite.ts";

const given = {
  models: [packagedModel("churn", 7, [])],
  program: PROGRAM,
  architecture: "x64",
  environment: {},
} as const;

test("image and unit are called by the first model, and tagged by its version", () => {
  const { name, tag } = makePlan({ ...given, models: [packagedModel("Churn_EU.v2", 7, [])] });
  assert.deepEqual([name, tag], ["churn-eu-v2", "7"]);
  assert.equal(makePlan({ ...given, models: [packagedModel("7seas", 1, [])] }).name, "model-7seas");
});

test("several models are tagged by their digests, in whatever order they come", () => {
  const [one, two] = [packagedModel("a", 1, []), packagedModel("b", 2, [])];
  const tag = makePlan({ ...given, models: [one, two] }).tag;
  assert.match(tag, /^[0-9a-f]{12}$/);
  assert.equal(makePlan({ ...given, models: [two, one] }).tag, tag);
  assert.notEqual(makePlan({ ...given, models: [one, packagedModel("b", 3, [])] }).tag, tag);
});

test("code is allowed in packages that hold a handler, and one in Python is refused: images hold none", () => {
  const plan = (name: string) =>
    makePlan({
      ...given,
      models: [packagedModel("a", 1, [{ name, path: name, digest: "0".repeat(64), bytes: 1 }])],
    });
  assert.equal(plan("handler.ts").environment["SIRVE_ENGINE_ALLOW_CODE"], "true");
  assert.equal(plan("model.onnx").environment["SIRVE_ENGINE_ALLOW_CODE"], undefined);
  for (const name of ["handler.py", "model.joblib", "MLmodel"]) {
    assert.throws(() => plan(name), { code: "invalid_argument", message: /a@1 needs Python, which images/ });
  }
});

test("two versions of one model are both served", () => {
  const models = [packagedModel("a", 1, []), packagedModel("a", 2, [])];
  assert.equal(makePlan({ ...given, models }).environment["SIRVE_VERSION_POLICY"], "all");
  assert.throws(() => makePlan({ ...given, models: [...models, ...models] }), { code: "invalid_argument" });
});

test("what a user chooses is refused with its field before anything is written", () => {
  const refused: readonly [string, object][] = [
    ["--name", { name: "Churn" }],
    ["--name", { name: "a\nRUN id" }],
    ["--name", { name: "../x" }],
    ["--tag", { tag: "a b" }],
    ["--tag", { tag: "$(id)" }],
    ["--env", { environment: { SIRVE_LOG_LEVLE: "warn" } }],
    ["--env", { environment: { 'A="b"\nRUN': "x" } }],
    ["value", { environment: { SIRVE_LOG_LEVEL: "warn\nUSER root" } }],
    ["model", { models: [] }],
  ];
  for (const [field, change] of refused) {
    const makes = () => makePlan({ ...given, ...change });
    assert.throws(makes, (error: { details: { field: string } }) => error.details.field === field, field);
  }
});

test("a file of a model must have a plain name", () => {
  for (const name of ["../x", "a/b", "", ".", "..", "a\nb", "a\u0000b"]) {
    const file = { name, path: "/x", digest: "0".repeat(64), bytes: 1 };
    assert.throws(() => packagedModel("churn", 1, [file]), { code: "invalid_argument" });
  }
});
