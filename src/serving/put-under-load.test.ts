import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { putUnderLoad } from "./put-under-load.ts";

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

test("so many requests are under way until the time is over, and each is waited for", async () => {
  const clock = new ManualClock();
  let [asked, underWay, most] = [0, 0, 0];
  const ask = async () => {
    asked += 1;
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise<void>((resolve) => void clock.after(10, resolve));
    underWay -= 1;
  };
  let isDone = false;
  const load = (async () => {
    await putUnderLoad({ concurrency: 3, forMs: 100, ask, isOver: () => false }, clock);
    isDone = true;
  })();
  for (let i = 0; i < 10; i += 1) {
    assert.equal(isDone, false);
    clock.advance(10);
    await turn();
    await turn();
  }
  await load;
  assert.deepEqual([asked, underWay, most], [30, 0, 3]);
});

test("who is refused comes back a little later, and nobody does once it is over", async () => {
  const clock = new ManualClock();
  let [asked, isOver] = [0, false];
  const ask = async () => {
    asked += 1;
    throw new Error("refused");
  };
  const load = putUnderLoad({ concurrency: 2, forMs: 1000, ask, isOver: () => isOver }, clock);
  await turn();
  assert.equal(asked, 2);
  clock.advance(10);
  await turn();
  assert.equal(asked, 4);
  isOver = true;
  clock.advance(10);
  await load;
  assert.equal(asked, 4);
});

test("requests that end at once leave turns to others", async () => {
  const clock = new ManualClock();
  let isOver = false;
  const load = putUnderLoad({ concurrency: 1, forMs: 1e9, ask: async () => {}, isOver: () => isOver }, clock);
  await turn();
  isOver = true;
  await load;
});
