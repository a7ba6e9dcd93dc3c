import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesText, millisText, significant } from "./quantity.ts";

test("bytes are shown in the largest unit below them", () => {
  const table: [number, string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1_600_000, "1.53 MiB"],
    [5 * 1024 ** 3, "5 GiB"],
  ];
  for (const [bytes, text] of table) assert.equal(bytesText(bytes), text);
});

test("times are shown in the unit that reads best", () => {
  const table: [number, string][] = [
    [0.0853, "85.3 µs"],
    [1.254, "1.25 ms"],
    [999, "999 ms"],
    [3210, "3.21 s"],
    [Number.NaN, "-"],
  ];
  for (const [ms, text] of table) assert.equal(millisText(ms), text);
});

test("three digits are significant, and whole numbers stay whole", () => {
  const table: [number, string][] = [
    [0, "0"],
    [1, "1"],
    [0.123456, "0.123"],
    [12_345.6, "12346"],
    [-0.5, "-0.5"],
    [1e-30, "0"],
    [Number.POSITIVE_INFINITY, "-"],
  ];
  for (const [value, text] of table) assert.equal(significant(value), text);
});
