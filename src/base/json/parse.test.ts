import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../error.ts";
import { type Json, JsonSpan } from "./json.ts";
import { parseJson, parseJsonWithSpans } from "./parse.ts";

const bytes = (text: string) => Buffer.from(text);
/** Large integers as the doubles that JSON.parse makes of them. */
function rounded(json: Json): unknown {
  if (typeof json === "bigint") return Number(json);
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return (json as Json[]).map(rounded);
  const copy = {};
  for (const [key, value] of Object.entries(json)) {
    Object.defineProperty(copy, key, {
      value: rounded(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

const refused = (text: string | Uint8Array, message: RegExp, limits = {}) =>
  assert.throws(
    () => parseJson(typeof text === "string" ? bytes(text) : text, limits),
    (error) =>
      error instanceof PlatformError && error.code === "invalid_argument" && message.test(error.message),
    String(text),
  );

test("every JSON text of JSON.stringify reads as JSON.parse reads it", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 6, stringUnit: "binary" }),
      fc.constantFrom(0, 1, "\t"),
      (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), undefined, indent);
        assert.deepEqual(rounded(parseJson(bytes(spaced))), JSON.parse(spaced));
      },
    ),
    { numRuns: 500 },
  );
});

test("every double reads exactly, however it is written", () => {
  const forms = [String, (x: number) => x.toExponential(), (x: number) => x.toPrecision(21)];
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(...forms),
      (value, write) => {
        const text = write(value);
        const read = parseJson(bytes(text));
        assert.ok(Object.is(Number(read), JSON.parse(text)), text);
      },
    ),
    { numRuns: 2000 },
  );
});

test("integers are exact at any size", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
      const read = parseJson(bytes(String(value)));
      assert.equal(typeof read, Number.isSafeInteger(Number(value)) ? "number" : "bigint");
      assert.equal(BigInt(read as number), value);
    }),
  );
});

test("a text that JSON.parse refuses is refused, and no other", () => {
  const noise = fc.array(
    fc.constantFrom(
      ...Array.from('[]{},:"\\ \n-+.eE0123456789truefalsnu/x\u0001é'),
      "true",
      "null",
      '"a"',
      "\\u00e9",
      "1.5",
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(noise, (parts) => {
      const text = parts.join("");
      let expected: { value?: unknown } = {};
      try {
        expected = { value: JSON.parse(text) };
      } catch {}
      if ("value" in expected) assert.deepEqual(rounded(parseJson(bytes(text))), expected.value);
      else refused(text, /^invalid JSON: got .* at byte \d+, expected /);
    }),
    { numRuns: 5000 },
  );
});

test("bare NaN and infinities are numbers only where asked for", () => {
  for (const text of ["[NaN,Infinity,-Infinity]"]) {
    refused(text, /expected a value/);
    assert.deepEqual(parseJson(bytes(text), { nonFinite: true }), [NaN, Infinity, -Infinity]);
  }
  for (const text of ["[-NaN]", "[nan]", "[Inf]", "[NaNs]", "[+Infinity]", "[--Infinity]"]) {
    refused(text, /invalid JSON/, { nonFinite: true });
  }
});

test("nesting is limited, with the words of the V2 contract", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.doesNotThrow(() => parseJson(bytes(nested(100))));
  refused(nested(101), /^JSON nesting depth exceeds maximum allowed limit \(100\)$/);
  refused("[".repeat(1_000_000), /nesting depth/);
  refused('{"a":'.repeat(1_000_000), /nesting depth/);
  refused("[[[1]]]", /limit \(2\)/, { maxDepth: 2 });
});

test("more arrays, objects and members than memory can bear are refused, numbers are not", () => {
  const many = 1_000_000;
  const refusal = /^the JSON has more than 1000000 arrays, objects and members$/;
  for (const item of ["[]", "{}", '{"a":1}', "[[[]]]"]) {
    assert.throws(() => parseJson(bytes(`[${`${item},`.repeat(many)}1]`)), {
      code: "too_large",
      message: refusal,
    });
  }
  const keys = Array.from({ length: many }, (_, i) => `"k${i}":1`);
  assert.throws(() => parseJson(bytes(`{${keys.join(",")}}`)), { code: "too_large" });
  assert.equal((parseJson(bytes(`[${"1,".repeat(many)}1]`)) as Json[]).length, many + 1);
});

test("integers are read up to 400 digits", () => {
  const digits = "9".repeat(400);
  assert.equal(parseJson(bytes(digits)), BigInt(digits));
  refused(`[-${digits}0]`, /an integer of 401 digits at byte 1, expected at most 400 digits/);
  assert.equal(parseJson(bytes(`0.${"1".repeat(5000)}`)), Number(`0.${"1".repeat(5000)}`));
});

test("bytes that are not UTF-8 are refused", () => {
  refused(Uint8Array.of(0x22, 0xff, 0x22), /not UTF-8/);
  refused(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), /byte 0xef at byte 0/);
});

test("of duplicate keys the last wins, and __proto__ is an ordinary key", () => {
  assert.deepEqual(parseJson(bytes('{"a":1,"b":2,"a":3}')), { a: 3, b: 2 });
  const object = parseJson(bytes('{"__proto__":{"polluted":1},"constructor":2}')) as Record<string, Json>;
  assert.deepEqual(Object.keys(object), ["__proto__", "constructor"]);
  assert.equal(Object.getPrototypeOf(object), Object.prototype);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

test("a span is the array's own text, however long and nested it is", () => {
  const numbers = fc.array(fc.integer(), { maxLength: 200 });
  const data = fc.array(fc.oneof(numbers, fc.string(), fc.array(numbers, { maxLength: 3 }), fc.integer()), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(data, numbers)), fc.constantFrom(0, 1), (arrays, indent) => {
      const text = JSON.stringify(
        arrays.map((array) => ({ data: array, after: "]" })),
        undefined,
        indent,
      );
      const read = parseJsonWithSpans(bytes(text), "data") as unknown as { data: JsonSpan; after: string }[];
      const spans = read.map(({ data: found }) =>
        Buffer.from(found.bytes).toString("utf8", found.start, found.end),
      );
      assert.deepEqual(
        spans.map((found) => JSON.parse(found)),
        arrays,
      );
      assert.ok(read.every(({ after }) => after === "]"));
    }),
  );
});

test("arrays under the span key stay unread, strings and brackets in them skipped rightly", () => {
  const text = '{"data":"no array","inputs":[{"data" : [["]\\"[",{"a":"}"}],1] ,"x":[2]}]}';
  const { data, inputs } = parseJsonWithSpans(bytes(text), "data") as never as {
    data: string;
    inputs: [{ data: JsonSpan; x: number[] }];
  };
  assert.equal(data, "no array");
  const [{ data: span, x }] = inputs;
  assert.ok(span instanceof JsonSpan);
  assert.equal(Buffer.from(span.bytes).toString("utf8", span.start, span.end), '[["]\\"[",{"a":"}"}],1]');
  assert.deepEqual(x, [2]);
  assert.throws(() => parseJsonWithSpans(bytes(`{"data":${"[".repeat(200)}`), "data"), /nesting/);
  assert.throws(() => parseJsonWithSpans(bytes('{"data":[1,2'), "data"), /end of the text/);
});
