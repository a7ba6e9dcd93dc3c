import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fillBooleans, fillFloats, fillIntegers, fillLongs, readTexts } from "./fill.ts";
import { JsonSpan } from "./json.ts";

const span = (text: string) => new JsonSpan(Buffer.from(text), 0, Buffer.byteLength(text));
const spaces = fc.constantFrom(undefined, 1, " \n");
/** Numbers as text, in every way that JSON allows. */
const numberText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => x.toExponential(8)),
  fc.integer({ min: -1000, max: 1000 }).map((x) => (x / 8).toFixed(3)),
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
);
const trees = <T>(leaf: fc.Arbitrary<T>) =>
  fc.letrec<{ tree: unknown[] }>((tie) => ({
    tree: fc.array(fc.oneof({ depthSize: "small" }, leaf, tie("tree")), { maxLength: 6 }),
  })).tree;

test("floats fill as JSON.parse and the typed array round, nested or flat", () => {
  fc.assert(
    fc.property(fc.array(numberText, { maxLength: 20 }), fc.boolean(), (texts, isNested) => {
      const text = isNested ? `[${texts.map((t) => `[ ${t} ]`).join(" ,\n")}]` : `[${texts.join(",")}]`;
      const expected = (JSON.parse(text) as number[]).flat();
      for (const type of [Float32Array, Float64Array]) {
        const target = new type(texts.length);
        assert.equal(fillFloats(span(text), target), "ok");
        assert.deepEqual(target, type.from(expected));
      }
    }),
    { numRuns: 1000 },
  );
});

test("integers fill exactly, and what does not fit is told apart from what is no integer", () => {
  const cases = [
    ["[1, -2,3.0,1e2]", new Int16Array(4), "ok"],
    ["[0,-0]", new Uint8Array(2), "ok"],
    ["[255]", new Uint8Array(1), "ok"],
    ["[256]", new Uint8Array(1), "range"],
    ["[-129]", new Int8Array(1), "range"],
    ["[-1]", new Uint32Array(1), "kind"],
    ["[1.5]", new Int32Array(1), "kind"],
    ['["1"]', new Int32Array(1), "kind"],
    ["[true]", new Int32Array(1), "kind"],
    ["[null]", new Int32Array(1), "kind"],
    ["[1e400]", new Int32Array(1), "kind"],
    ["[1]", new Int32Array(2), "count"],
    ["[1,2,3]", new Int32Array(2), "count"],
    ["[]", new Int32Array(0), "ok"],
    ["[[],[[]]]", new Int32Array(0), "ok"],
  ] as const;
  for (const [text, target, expected] of cases) {
    assert.equal(fillIntegers(span(text), target), expected, text);
  }
});

test("long arrays of integers fill as short ones do, with the same answer to a wrong one", () => {
  const wrong = fc.constantFrom("1.5", "-129", "128", "true", '"1"', "null", "1e400", "NaN");
  const small = fc.integer({ min: -128, max: 127 });
  fc.assert(
    fc.property(
      fc.array(small, { minLength: 100, maxLength: 200 }),
      fc.option(wrong),
      fc.nat(99),
      (values, bad, at) => {
        const texts = values.map(String);
        if (bad !== null) texts[at] = bad;
        const target = new Int8Array(values.length);
        const filled = fillIntegers(span(`[${texts.join(" , ")}]`), target);
        if (bad === null) assert.deepEqual([filled, target], ["ok", Int8Array.from(values)]);
        else assert.equal(filled, fillIntegers(span(`[${bad}]`), new Int8Array(1)));
        assert.equal(fillIntegers(span(`[${values.join(",")}]`), new Int8Array(values.length - 1)), "count");
      },
    ),
  );
});

test("64-bit integers keep every bit", () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), spaces, (values, indent) => {
      const text = JSON.stringify(values.map(String), undefined, indent).replaceAll('"', "");
      const target = new BigInt64Array(values.length);
      assert.equal(fillLongs(span(text), target), "ok");
      assert.deepEqual([...target], values);
      const unsigned = new BigUint64Array(values.length);
      const isKind = values.every((value) => value >= 0n);
      assert.equal(fillLongs(span(text), unsigned), isKind ? "ok" : "kind");
      if (isKind) assert.deepEqual([...unsigned], values);
    }),
  );
  assert.equal(fillLongs(span("[18446744073709551615]"), new BigUint64Array(1)), "ok");
  assert.equal(fillLongs(span("[18446744073709551616]"), new BigUint64Array(1)), "kind");
  assert.equal(fillLongs(span("[9223372036854775808]"), new BigInt64Array(1)), "kind");
  assert.equal(fillLongs(span("[1.5]"), new BigInt64Array(1)), "kind");
});

test("booleans are true and false only", () => {
  const target = new Uint8Array(2);
  assert.equal(fillBooleans(span("[[true],[false]]"), target), "ok");
  assert.deepEqual([...target], [1, 0]);
  for (const text of ["[0,1]", '["true","false"]', "[null,true]"]) {
    assert.equal(fillBooleans(span(text), target), "kind", text);
  }
  assert.throws(() => fillBooleans(span("[truefalse,true]"), target), /invalid JSON/);
});

test("strings are packed as UTF-8, escapes and NUL included", () => {
  fc.assert(
    fc.property(trees(fc.string({ unit: "grapheme" })), spaces, (tree, indent) => {
      const leaves = tree.flat(Number.POSITIVE_INFINITY) as string[];
      const text = JSON.stringify(tree, undefined, indent);
      const packed = readTexts(span(text), leaves.length);
      assert.ok(typeof packed === "object");
      const { bytes, offsets } = packed;
      const items = leaves.map((_, i) => Buffer.from(bytes).toString("utf8", offsets[i], offsets[i + 1]));
      assert.deepEqual(items, leaves);
      assert.equal(readTexts(span(text), leaves.length + 3), leaves.length);
    }),
  );
  assert.equal(readTexts(span('["a","b"]'), 1), 2);
  assert.equal(readTexts(span('["a"]'), 1_000_000_000), 1);
  assert.equal(readTexts(span('["a",1]'), 2), "kind");
  const lone = readTexts(span('["\\ud800","a\\u0000b"]'), 2);
  assert.ok(typeof lone === "object");
  assert.deepEqual([...lone.bytes], [0xef, 0xbf, 0xbd, 97, 0, 98]);
});

test("text that is not JSON is thrown, not counted", () => {
  for (const text of ["[1,]", "[,1]", "[1 2]", "[1,2}", "[01]", "[1.]", "[-]", "[1e]", "[[1]2]", "[.5]"]) {
    assert.throws(() => {
      const filled = fillFloats(span(text), new Float32Array(9));
      if (filled === "kind") throw new Error("kind");
    }, `${text} was taken`);
  }
  assert.throws(() => readTexts(span('["a",]'), 2), /invalid JSON/);
});

test("many nested arrays fill like few, and an endless integer is of no kind", () => {
  const count = 250_000;
  const target = new Float32Array(count);
  assert.equal(fillFloats(span(`[${"[1],".repeat(count - 1)}[2]]`), target), "ok");
  assert.deepEqual([target[0], target[count - 1]], [1, 2]);
  assert.equal(fillLongs(span(`[${"1".repeat(2_000_000)}]`), new BigInt64Array(1)), "kind");
});
