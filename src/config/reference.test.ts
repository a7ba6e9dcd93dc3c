import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { configJsonSchema, configReference, settings } from "./index.ts";

test("docs/configuration.md is what the schema prints; renew it with node scripts/print-docs.ts", () => {
  assert.equal(readFileSync("docs/configuration.md", "utf8"), configReference());
});

test("the page has a row for every setting", () => {
  const page = configReference();
  for (const { key, env, flag } of settings) {
    assert.ok(page.includes(`| \`${key}\` | \`${env}\` | \`${flag}\``), key);
  }
});

test("the schema for editors names every setting with its default", () => {
  const schema: unknown = JSON.parse(configJsonSchema());
  for (const { key, defaultValue } of settings) {
    const path = key.split(".").flatMap((name) => ["properties", name]);
    const found = path.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], schema);
    assert.deepEqual((found as { default: unknown }).default, defaultValue, key);
  }
  assert.ok(!configJsonSchema().includes('"alias"'));
});
