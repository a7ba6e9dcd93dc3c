import assert from "node:assert/strict";
import { test } from "node:test";
import { numbersOf } from "./number-format.ts";

const en = numbersOf("en");
const es = numbersOf("es");

test("numbers have three digits that count, written as the language does", () => {
  assert.equal(en.number(1234.5), "1,230");
  assert.equal(es.number(12_345.6), "12.300");
  assert.equal(en.number(0.012345), "0.0123");
  assert.equal(en.count(1234), "1,234");
});

test("times and sizes have the unit that keeps them short", () => {
  assert.deepEqual(
    [0.0854, 3.21, 1234].map((ms) => en.duration(ms)),
    ["85.4 µs", "3.21 ms", "1.23 s"],
  );
  assert.deepEqual(
    [0, 512, 3031, 5e9].map((bytes) => en.bytes(bytes)),
    ["0 B", "512 B", "2.96 KiB", "4.66 GiB"],
  );
});

test("what is not known is a dash", () => {
  for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.equal(en.number(value), "–");
    assert.equal(en.duration(value), "–");
    assert.equal(en.percent(value), "–");
  }
});

test("how long ago something was is told in the largest unit that fits", () => {
  const now = Date.parse("2026-11-27T12:00:00Z");
  assert.equal(en.ago("2026-11-27T11:55:00Z", now), "5 minutes ago");
  assert.equal(es.ago("2026-11-25T12:00:00Z", now), "anteayer");
  assert.equal(en.ago(now, now), "now");
});
