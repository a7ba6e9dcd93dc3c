import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pages } from "../scripts/pages.ts";

for (const { path, print } of pages) {
  test(`${path} is as printed from the sources (npm run docs)`, () => {
    assert.equal(readFileSync(path, "utf8"), print());
  });
}
