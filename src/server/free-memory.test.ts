import assert from "node:assert/strict";
import { test } from "node:test";
import { freeMemory, freeShare } from "./free-memory.ts";

test("memory is freed at once by its only owner, and kept where others hold a part", () => {
  const own = new Uint8Array(100_000);
  freeMemory(own);
  assert.equal(own.byteLength, 0);
  const part = new Uint8Array(100_000).subarray(0, 50_000);
  freeMemory(part);
  assert.equal(part.byteLength, 50_000);
});

test("shared memory is freed when the last part is given back", () => {
  const whole = new Uint8Array(120_000);
  const parts = [0, 40_000, 80_000].map((at) => whole.subarray(at, at + 40_000));
  for (const part of parts.slice(0, 2)) freeShare(part);
  assert.equal(whole.byteLength, 120_000);
  for (const part of parts.slice(2)) freeShare(part);
  assert.equal(whole.byteLength, 0);
});

test("small pieces are left to the collector", () => {
  const small = new Uint8Array(1000);
  freeMemory(small);
  freeShare(small);
  assert.equal(small.byteLength, 1000);
});
