import assert from "node:assert/strict";
import { test } from "node:test";
import { trialsOf } from "./trials.ts";

test("each value is tried with each value of the others, and what is not named is left as it is", () => {
  assert.deepEqual(trialsOf({ concurrency: [1, 8], maxRows: [4], maxDelayUs: [0, 500] }), [
    { concurrency: 1, settings: { maxRows: 4, maxDelayUs: 0 } },
    { concurrency: 1, settings: { maxRows: 4, maxDelayUs: 500 } },
    { concurrency: 8, settings: { maxRows: 4, maxDelayUs: 0 } },
    { concurrency: 8, settings: { maxRows: 4, maxDelayUs: 500 } },
  ]);
  assert.deepEqual(trialsOf({ concurrency: [8] }), [{ concurrency: 8, settings: {} }]);
});
