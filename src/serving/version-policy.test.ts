import assert from "node:assert/strict";
import { test } from "node:test";
import { desiredVersions, parseVersionPolicy } from "./version-policy.ts";

const none = new Set<number>();

test("latest counts from the newest and passes over versions that failed", () => {
  const policy = parseVersionPolicy("latest:2");
  assert.deepEqual(desiredVersions([1, 3, 2], none, policy), [3, 2]);
  assert.deepEqual(desiredVersions([1, 3, 2], new Set([3]), policy), [2, 1]);
});

test("specific serves what is there of the list, all serves everything", () => {
  assert.deepEqual(desiredVersions([1, 2, 3], none, parseVersionPolicy("specific:3,9,1")), [1, 3]);
  assert.deepEqual(desiredVersions([1, 2], new Set([2]), parseVersionPolicy("all")), [1, 2]);
});

for (const text of ["", "latest", "latest:0", "latest:x", "specific:", "specific:1,-2", "newest:1"]) {
  test(`"${text}" is refused as a policy`, () => {
    assert.throws(() => parseVersionPolicy(text), { code: "invalid_argument", message: /latest:N/ });
  });
}
