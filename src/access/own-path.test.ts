import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ownPath } from "./own-path.ts";

const HERE = "https://models.example";
const isTaken = (text: string) => {
  try {
    return ownPath(text) === text;
  } catch {
    return false;
  }
};

test("paths of this server are taken as they are", () => {
  for (const path of ["/", "/ui/models/a%20b?tab=2&x=%2F#part", "/tour/3", "/.//here", "/a//b", "/@b:80/"]) {
    assert.ok(isTaken(path), path);
  }
});

test("whatever is taken leads a browser to this server", () => {
  const pieces = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "evil.example",
    "@",
    ":",
    "\t",
    "\n",
    "\0",
    "%2f",
    "?",
    "#",
  );
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join("")),
    fc.webPath().map((path) => `/${path}`),
  );
  let taken = 0;
  fc.assert(
    fc.property(text, (path) => {
      if (!isTaken(path)) return;
      taken += 1;
      assert.equal(new URL(path, HERE).origin, HERE);
      // In a header it is one line of plain letters.
      assert.match(path, /^[\u0021-\u007e]+$/);
    }),
    { numRuns: 2000 },
  );
  assert.ok(taken > 50, `${taken} were paths`);
});
