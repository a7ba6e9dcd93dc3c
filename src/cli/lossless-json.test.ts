import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseJson } from "../base/index.ts";
import { stringifyLossless } from "./lossless-json.ts";

test("integers of 64 bits come back from JSON as they went in", () => {
  const value = fc.oneof(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }), fc.integer(), fc.string());
  fc.assert(
    fc.property(fc.array(value), fc.constantFrom(0, 2), (values, indent) => {
      assert.deepEqual(parseJson(Buffer.from(stringifyLossless(values, indent))), values);
    }),
  );
});

test("texts that look like digits stay texts", () => {
  assert.equal(stringifyLossless(["12", 12n]), '["12",12]');
});
