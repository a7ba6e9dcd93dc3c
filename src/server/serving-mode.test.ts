import assert from "node:assert/strict";
import { test } from "node:test";
import { type Flags, loadConfig } from "../config/index.ts";
import { dataDirectoryOf, servingMode } from "./serving-mode.ts";

const configOf = (flags: Flags) => loadConfig({ env: {}, flags });
const URL = "postgresql://u:p@localhost/sirve";

for (const [flags, mode] of [
  [{}, "folder"],
  [{ models: "m" }, "folder"],
  [{ data: "d" }, "registry"],
  [{ databaseUrl: URL }, "registry"],
] as const) {
  test(`${JSON.stringify(flags)} serves a ${mode}`, () => {
    assert.equal(servingMode(configOf(flags)), mode);
  });
}

test("a folder and a registry together are refused, and no password is told", () => {
  assert.throws(() => servingMode(configOf({ models: "m", data: "d" })), {
    code: "invalid_argument",
    message: /a folder of models and a registry/,
  });
  assert.throws(
    () => servingMode(configOf({ models: "m", databaseUrl: URL })),
    (error) => {
      assert.doesNotMatch(JSON.stringify(error), /u:p/);
      return true;
    },
  );
});

test("records in a database need a place for the files", () => {
  assert.throws(() => dataDirectoryOf(configOf({ databaseUrl: URL })), { code: "invalid_argument" });
  const stored = { databaseUrl: URL, "artifacts.url": "s3://b/p", "engine.cacheDir": "/c" };
  assert.equal(dataDirectoryOf(configOf(stored)), "/c/registry");
  assert.equal(dataDirectoryOf(configOf({ data: "/d", databaseUrl: URL })), "/d");
});
