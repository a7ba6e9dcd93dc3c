import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceFor } from "./advice.ts";

test("a model is slow by waiting or by computing, and a fast one is neither", () => {
  assert.equal(adviceFor(9, 1), "waits");
  assert.equal(adviceFor(1, 9), "computes");
  assert.equal(adviceFor(1.9, 0.1), "fast");
  assert.equal(adviceFor(0, 0), "fast");
});
