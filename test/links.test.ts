import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const pages = execFileSync("git", ["ls-files", "*.md"], { encoding: "utf8" }).trim().split("\n");

test("every relative link of every page leads to a file", () => {
  assert.ok(pages.length > 10);
  const broken = pages.filter(existsSync).flatMap((page) => {
    const links = readFileSync(page, "utf8").matchAll(/\]\(([^)#\s]+)[^)]*\)/g);
    return [...links]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(page), target)))
      .map((target) => `${page} → ${target}`);
  });
  assert.deepEqual(broken, []);
});
