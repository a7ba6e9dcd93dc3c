import assert from "node:assert/strict";
import { test } from "node:test";
import { Closers } from "./closers.ts";

test("the last one is closed first, each once, and all although one fails", async () => {
  const closed: number[] = [];
  const closers = new Closers();
  closers.add(() => void closed.push(1));
  closers.add(async () => {
    closed.push(2);
    throw new Error("stuck");
  });
  closers.add(async () => void closed.push(3));
  await assert.rejects(closers.close(), /stuck/);
  assert.deepEqual(closed, [3, 2, 1]);
  await closers.close();
  assert.deepEqual(closed, [3, 2, 1]);
});
