import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "./json.ts";
import { writeFloat32, writeJson } from "./write.ts";

test("plain JSON is written as JSON.stringify writes it, but for -0", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: "binary" }), (value) => {
      const text = writeJson(value as Json);
      assert.deepEqual(JSON.parse(text), value);
      if (!/-0\.0/.test(text)) assert.equal(text, JSON.stringify(value));
    }),
  );
});

test("bigint and non-finite numbers have stated forms", () => {
  assert.equal(writeJson({ a: 2n ** 64n, b: [NaN, Infinity] }), '{"a":18446744073709551616,"b":[null,null]}');
  assert.equal(writeJson([NaN, Infinity, -Infinity], { nonFinite: "token" }), "[NaN,Infinity,-Infinity]");
  assert.equal(writeJson([-0]), "[-0.0]");
});

/** The least number of digits that reads back, by trying. */
function naiveFloat32(value: number): number {
  if (value === 0) return value;
  for (let digits = 1; digits < 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return decimal;
  }
  return Number(value.toPrecision(9));
}

test("a float32 is written with the fewest digits that read back as it", () => {
  const anyFloat = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((bits) => {
    const word = Uint32Array.of(bits);
    return new Float32Array(word.buffer)[0] ?? 0;
  });
  const likely = fc.integer({ min: -1e7, max: 1e7 }).map((n) => Math.fround(n / 1e4));
  fc.assert(
    fc.property(fc.oneof(anyFloat, likely, fc.float()), (value) => {
      const text = writeFloat32(value);
      assert.ok(Object.is(Math.fround(Number(text)), value) || Number.isNaN(value), `${value} → ${text}`);
      if (Number.isFinite(value)) assert.ok(text.length <= writeJson(naiveFloat32(value)).length, text);
    }),
    { numRuns: 20_000 },
  );
  assert.deepEqual(
    [0.1, 1e-45, 3.4028234663852886e38, 16777216, -0].map((x) => writeFloat32(Math.fround(x))),
    ["0.1", "1e-45", "3.4028235e+38", "16777216", "-0.0"],
  );
});
