import assert from "node:assert/strict";
import { test } from "node:test";
import { Turnstile } from "./turnstile.ts";

test("no more tasks run at once than there are places, and each runs in its turn", async () => {
  const turnstile = new Turnstile(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const task = (id: number) => async () => {
    order.push(id);
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
    if (id === 1) throw new Error("a failed task gives its place back");
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map(async (id) => turnstile.run(task(id))));
  assert.deepEqual([order, most, results[1]?.status], [[0, 1, 2, 3, 4], 2, "rejected"]);
});
