import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matcher } from "./patterns.ts";

test("a pattern matches as the regular expression in which * is any text", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 3 }), text, (patterns, name) => {
      const naive = patterns.some((one) => {
        return new RegExp(`^${one.replaceAll(".", String.raw`\.`).replaceAll("*", ".*")}$`).test(name);
      });
      assert.equal(matcher(patterns)(name), naive, `${patterns.join(" ")} on ${name}`);
    }),
    { numRuns: 2000 },
  );
});

test("a pattern of many stars is no slower than its length", () => {
  const isIt = matcher([`${"a*".repeat(60)}b`]);
  assert.equal(isIt("a".repeat(120)), false);
});
