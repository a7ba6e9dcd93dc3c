import assert from "node:assert/strict";
import { test } from "node:test";
import { createLimit } from "./limit.ts";

test("no more than the limit run at once, in order, and a failure frees its place", async () => {
  const limit = createLimit(2);
  const started: number[] = [];
  let running = 0;
  const task = async (id: number) => {
    started.push(id);
    running += 1;
    assert.ok(running <= 2);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (id % 3 === 0) throw new Error(`task ${id}`);
    return id;
  };
  const results = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map((id) => limit(() => task(id))));
  assert.deepEqual(started, [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(
    results.map(({ status }) => status === "fulfilled"),
    [true, true, false, true, true, false, true],
  );
});
