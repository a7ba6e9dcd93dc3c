import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { configReference, settings } from "./index.ts";

test("docs/configuration.md is what the schema prints; renew it with node scripts/print-docs.ts", () => {
  assert.equal(readFileSync("docs/configuration.md", "utf8"), configReference());
});

test("the page has a row for every setting", () => {
  const page = configReference();
  for (const { key, env, flag } of settings) {
    assert.ok(page.includes(`| \`${key}\` | \`${env}\` | \`${flag}\``), key);
  }
});
