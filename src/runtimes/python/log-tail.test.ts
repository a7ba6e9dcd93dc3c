import assert from "node:assert/strict";
import { test } from "node:test";
import { LogTail } from "./log-tail.ts";

test("the last twenty lines are kept, cut where they are long", () => {
  const tail = new LogTail(
    () => {},
    () => 0,
  );
  for (let i = 0; i < 100; i++) tail.push(Buffer.from(`line ${i}\nhalf`));
  assert.equal(tail.lines.length, 20);
  assert.deepEqual(tail.lines.slice(-2), ["halfline 99", "half"]);
  tail.push(Buffer.from("x".repeat(10_000)));
  assert.ok((tail.lines.at(-1)?.length ?? 0) <= 500);
});

test("a flood is passed on up to a bound in each second, and what is dropped is counted", () => {
  let now = 0;
  let passed = "";
  const tail = new LogTail(
    (text) => (passed += text),
    () => now,
  );
  for (let i = 0; i < 100; i++) tail.push(Buffer.alloc(10_000, "x"));
  assert.equal(passed.length, 64 * 1024);
  now = 1001;
  tail.push(Buffer.from("again\n"));
  assert.match(passed, /\[934464 bytes more were printed\]\nagain\n$/);
});
