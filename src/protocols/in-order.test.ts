import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { inOrder } from "./in-order.ts";

test("results come in order with never more than the width under way", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.nat(20),
      fc.integer({ min: 1, max: 5 }),
      async (scheduler, count, width) => {
        let under = 0;
        let most = 0;
        async function* items(): AsyncGenerator<number> {
          for (let i = 0; i < count; i++) yield i;
        }
        const work = async (item: number) => {
          under += 1;
          most = Math.max(most, under);
          await scheduler.schedule(Promise.resolve());
          under -= 1;
          return item * 2;
        };
        const results: number[] = [];
        const reading = (async () => {
          for await (const result of inOrder(items(), work, width)) results.push(result);
        })();
        await scheduler.waitFor(reading);
        assert.deepEqual(
          results,
          Array.from({ length: count }, (_, i) => i * 2),
        );
        assert.ok(most <= width);
      },
    ),
  );
});

test("the source is closed when the reader leaves early", async () => {
  let closed = false;
  async function* items(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      closed = true;
    }
  }
  for await (const result of inOrder(items(), async (item) => item, 2)) {
    if (result === 3) break;
  }
  await new Promise(setImmediate);
  assert.equal(closed, true);
});
