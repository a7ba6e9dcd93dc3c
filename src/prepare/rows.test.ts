import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { elementsOf } from "../../test/kit/numbers.ts";
import { PlatformError } from "../base/index.ts";
import { type Json, manifestSchema, rowLayout, type Signature } from "../model/index.ts";
import type { DType, Tensor } from "../tensor/index.ts";
import { RowDecoder } from "./rows.ts";

const spec = (name: string, dtype: DType, shape: readonly number[] = [-1, 1]) => ({
  name,
  dtype,
  shape,
  batchAxis: 0 as const,
});

const FLIGHT: Signature = {
  inputs: [
    spec("origin", "BYTES"),
    spec("distance", "FP32"),
    spec("seats", "INT32", [-1]),
    spec("direct", "BOOL"),
  ],
  outputs: [],
};

function decoder(signature: Signature, manifest: object = {}): RowDecoder {
  return new RowDecoder(rowLayout(signature, manifestSchema.parse(manifest)), signature);
}

const valuesOf = (tensor: Tensor | undefined) =>
  tensor?.dtype === "BYTES"
    ? (tensor as Tensor<"BYTES">).data.toArray()
    : [...(tensor as Tensor<"FP32">).data];

const good = { origin: "ORD", distance: 334.5, seats: 100, direct: true };

test("rows by name become one tensor per column, in the shape that its input has", () => {
  const { inputs, count, warnings } = decoder(FLIGHT).decode([good, { ...good, direct: false, origin: "é" }]);
  assert.equal(count, 2);
  assert.deepEqual(warnings, []);
  assert.deepEqual(valuesOf(inputs.get("origin")), ["ORD", "é"]);
  assert.deepEqual(valuesOf(inputs.get("distance")), [334.5, 334.5]);
  assert.deepEqual(inputs.get("distance")?.shape, [2, 1]);
  assert.deepEqual(inputs.get("seats")?.shape, [2]);
  assert.deepEqual(valuesOf(inputs.get("direct")), [1, 0]);
});

test("rows as arrays are taken in column order, and may be mixed with rows by name", () => {
  const { inputs } = decoder(FLIGHT).decode([["JFK", 1, 2, false], good]);
  assert.deepEqual(valuesOf(inputs.get("origin")), ["JFK", "ORD"]);
  assert.deepEqual(valuesOf(inputs.get("seats")), [2, 100]);
});

const refusals: {
  readonly because: string;
  readonly row: Json;
  readonly message: string;
  readonly field?: string;
}[] = [
  {
    because: "text that looks like a number is text",
    row: { ...good, distance: "12" },
    message: 'row 2, column "distance": got "12" (string), expected a number',
    field: "rows[1].distance",
  },
  {
    because: "a word is no number",
    row: { ...good, distance: "far" },
    message: 'row 2, column "distance": got "far" (string), expected a number',
  },
  {
    because: "a boolean is no number",
    row: { ...good, distance: true },
    message: 'row 2, column "distance": got true (boolean), expected a number',
  },
  {
    because: "a number above the largest float is not rounded to infinity",
    row: { ...good, distance: 1e39 },
    message:
      'row 2, column "distance": got 1e+39 (number), expected a number from -3.4028234663852886e+38 to 3.4028234663852886e+38',
  },
  {
    because: "a fraction is no whole number",
    row: { ...good, seats: 1.5 },
    message:
      'row 2, column "seats": got 1.5 (number), expected a whole number from -2147483648 to 2147483647',
  },
  {
    because: "a whole number outside its range does not wrap",
    row: { ...good, seats: 2147483648 },
    message:
      'row 2, column "seats": got 2147483648 (number), expected a whole number from -2147483648 to 2147483647',
  },
  {
    because: "integers have no missing value",
    row: { ...good, seats: null },
    message: 'row 2, column "seats": got null, expected a whole number from -2147483648 to 2147483647',
  },
  {
    because: "1 is no boolean",
    row: { ...good, direct: 1 },
    message: 'row 2, column "direct": got 1 (number), expected true or false',
  },
  {
    because: "a number is no text",
    row: { ...good, origin: 7 },
    message: 'row 2, column "origin": got 7 (number), expected text',
  },
  {
    because: "null is no text unless optional",
    row: { ...good, origin: null },
    message: 'row 2, column "origin": got null, expected text',
  },
  {
    because: "a column that is not optional must be there",
    row: { origin: "A", seats: 1, direct: true },
    message: 'row 2, column "distance": is missing, expected a number',
  },
  {
    because: "an unknown column is not ignored",
    row: { ...good, distence: 3 },
    message: 'row 2, column "distence": is not of this model, expected origin, distance, seats, direct',
  },
  {
    because: "a short array has no place for a column",
    row: ["A", 1],
    message: "row 2 has 2 values, expected 4 values: origin, distance, seats, direct",
  },
  {
    because: "a plain value is no row",
    row: 5,
    message: "row 2: got 5 (number), expected an object by column name or an array in column order",
  },
  {
    because: "inherited names are no values",
    row: { origin: "A", seats: 1, direct: true, constructor: 1 },
    message: 'row 2, column "constructor": is not of this model, expected origin, distance, seats, direct',
  },
];

for (const { because, row, message, field } of refusals) {
  test(`refused: ${because}`, () => {
    assert.throws(
      () => decoder(FLIGHT).decode([good, row]),
      (error) => {
        assert.ok(error instanceof PlatformError);
        assert.equal(error.code, "invalid_argument");
        assert.equal(error.message, message);
        if (field !== undefined) assert.equal(error.details.field, field);
        return true;
      },
    );
  });
}

test("a misspelt column is answered with the one that was meant", () => {
  assert.throws(
    () => decoder(FLIGHT).decode([{ ...good, distence: 3 }]),
    (error) => error instanceof PlatformError && error.details.hint === 'Did you mean "distance"?',
  );
});

test("null and missing numbers are NaN, null and missing texts are empty where the column is optional", () => {
  const optional = {
    columns: [
      { name: "origin", optional: true },
      { name: "distance", optional: true },
    ],
  };
  const { inputs } = decoder(FLIGHT, optional).decode([
    { ...good, origin: null, distance: null },
    { seats: 1, direct: true },
  ]);
  assert.deepEqual(valuesOf(inputs.get("origin")), ["", ""]);
  assert.deepEqual(valuesOf(inputs.get("distance")), [Number.NaN, Number.NaN]);
});

test("null is NaN in every column of floats, optional or not", () => {
  assert.deepEqual(
    valuesOf(
      decoder(FLIGHT)
        .decode([{ ...good, distance: null }])
        .inputs.get("distance"),
    ),
    [Number.NaN],
  );
});

test("the three words NaN, Infinity and -Infinity stand for the floats that JSON cannot write", () => {
  const rows = ["NaN", "Infinity", "-Infinity"].map((distance) => ({ ...good, distance }));
  const { inputs } = decoder(FLIGHT).decode(rows);
  assert.deepEqual(valuesOf(inputs.get("distance")), [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
});

test("64-bit integers keep every digit", () => {
  const { inputs } = decoder({ inputs: [spec("id", "INT64"), spec("other", "UINT64")], outputs: [] }).decode([
    { id: -9223372036854775808n, other: 18446744073709551615n },
  ]);
  assert.deepEqual([...elementsOf(inputs.get("id"), BigInt64Array)], [-9223372036854775808n]);
  assert.deepEqual([...elementsOf(inputs.get("other"), BigUint64Array)], [18446744073709551615n]);
});

test("a column named like something every object has is missing unless the row has it", () => {
  const signature = { inputs: [spec("constructor", "FP32"), spec("__proto__", "FP32")], outputs: [] };
  const row = JSON.parse('{"constructor": 1, "__proto__": 2}') as Json;
  const { inputs } = decoder(signature).decode([row]);
  assert.deepEqual(valuesOf(inputs.get("__proto__")), [2]);
  assert.throws(() => decoder(signature).decode([{}]), /column "constructor": is missing/);
});

test("an input that the model runs without is left out where no row has it", () => {
  const signature = { inputs: [spec("x", "FP32"), { ...spec("k", "INT64"), optional: true }], outputs: [] };
  assert.deepEqual(
    [
      ...decoder(signature)
        .decode([{ x: 1 }])
        .inputs.keys(),
    ],
    ["x"],
  );
  assert.deepEqual(
    [
      ...decoder(signature)
        .decode([{ x: 1, k: 2 }])
        .inputs.keys(),
    ],
    ["x", "k"],
  );
  assert.throws(() => decoder(signature).decode([{ x: 1, k: 2 }, { x: 1 }]), /row 2, column "k": is missing/);
});

test("a matrix input takes the manifest's column names, or f0, f1 …", () => {
  const signature = { inputs: [spec("x", "FP64", [-1, 3])], outputs: [] };
  const named = decoder(signature, { columns: [{ name: "a" }, { name: "b" }, { name: "c" }] });
  const { inputs } = named.decode([{ c: 3, a: 1, b: 2 }, [4, 5, 6]]);
  assert.deepEqual(inputs.get("x")?.shape, [2, 3]);
  assert.deepEqual(valuesOf(inputs.get("x")), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(
    valuesOf(
      decoder(signature)
        .decode([{ f0: 1, f1: 2, f2: 3 }])
        .inputs.get("x"),
    ),
    [1, 2, 3],
  );
});

test("a column whose values are arrays takes nested arrays of one shape", () => {
  const signature = { inputs: [spec("id", "INT32"), spec("vector", "FP32", [-1, 2, 2])], outputs: [] };
  const { inputs } = decoder(signature).decode([
    {
      id: 1,
      vector: [
        [1, 2],
        [3, 4],
      ],
    },
  ]);
  assert.deepEqual(inputs.get("vector")?.shape, [1, 2, 2]);
  assert.throws(
    () => decoder(signature).decode([{ id: 1, vector: [[1, 2], [3]] }]),
    /column "vector"\[0\]\[1\]: is an array of 1, expected an array of 2/,
  );
});

test("inputs without an axis of rows take no rows, and the error says what to send instead", () => {
  const signature = { inputs: [spec("state", "FP32", [2, -1, 128])], outputs: [] };
  assert.throws(
    () => decoder(signature).decode([{ state: 1 }]),
    /does not take rows: input "state" has no axis of rows/,
  );
});

test("an unknown category and a number out of range are accepted and warned about", () => {
  const manifest = {
    columns: [
      { name: "origin", values: ["ORD", "JFK"] },
      { name: "distance", min: 0, max: 5000 },
    ],
  };
  const { warnings } = decoder(FLIGHT, manifest).decode([{ ...good, origin: "ord", distance: -1 }]);
  assert.deepEqual(warnings, [
    'row 1, column "origin": "ord" is none of its 2 known values; did you mean "ORD"?',
    'row 1, column "distance": -1 is outside 0 to 5000',
  ]);
});

test("an answer carries at most twenty warnings and counts the rest", () => {
  const manifest = { columns: [{ name: "origin", values: ["ORD"] }] };
  const { warnings } = decoder(FLIGHT, manifest).decode(
    Array.from({ length: 100 }, () => ({ ...good, origin: "XXX" })),
  );
  assert.equal(warnings.length, 21);
  assert.equal(warnings.at(-1), "and 80 more");
});

test("text cells are read as their column says, by a header or by position", () => {
  const header = ["distance", "origin", "direct", "seats"];
  const lines = [
    header,
    ["334.5", "007", "TRUE", "12"],
    [" -1e3 ", "", "false", "+5"],
    ["", "x", "true", "0"],
  ];
  const { inputs, count } = decoder(FLIGHT).decode(lines, "text");
  assert.equal(count, 3);
  assert.deepEqual(valuesOf(inputs.get("origin")), ["007", "", "x"]);
  assert.deepEqual(valuesOf(inputs.get("distance")), [334.5, -1000, Number.NaN]);
  assert.deepEqual(valuesOf(inputs.get("seats")), [12, 5, 0]);
  assert.deepEqual(
    valuesOf(
      decoder(FLIGHT)
        .decode([["ORD", "1", "2", "true"]], "text")
        .inputs.get("origin"),
    ),
    ["ORD"],
  );
});

const cellRefusals: { readonly cells: readonly (readonly string[])[]; readonly message: RegExp }[] = [
  {
    cells: [["ORD", "12 miles", "1", "true"]],
    message: /row 1, column "distance": got "12 miles" \(string\), expected a number/,
  },
  { cells: [["ORD", "0x10", "1", "true"]], message: /got "0x10" \(string\), expected a number/ },
  { cells: [["ORD", "1", "", "true"]], message: /column "seats": got null, expected a whole number/ },
  {
    cells: [["ORD", "1", "1", "yes"]],
    message: /column "direct": got "yes" \(string\), expected true or false/,
  },
  {
    cells: [
      ["origin", "distence", "seats", "direct"],
      ["ORD", "1", "1", "true"],
    ],
    message: /column "distence": is not of this model/,
  },
  {
    cells: [
      ["origin", "distance", "seats", "direct"],
      ["ORD", "1"],
    ],
    message: /row 1 has 2 cells, expected 4, as in the header/,
  },
];

for (const { cells, message } of cellRefusals) {
  test(`text cells are refused: ${cells.join(" / ")}`, () => {
    assert.throws(() => decoder(FLIGHT).decode(cells, "text"), message);
  });
}

test("rows of any finite floats, texts and integers arrive as they are", () => {
  const row = fc.record({
    origin: fc.string({ unit: "binary" }),
    distance: fc.float({ noNaN: true, noDefaultInfinity: true }),
    seats: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    direct: fc.boolean(),
  });
  const twin = decoder(FLIGHT);
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.boolean(), (rows, asArrays) => {
      const sent = asArrays
        ? rows.map(({ origin, distance, seats, direct }) => [origin, distance, seats, direct])
        : rows;
      const { inputs } = twin.decode(sent);
      assert.deepEqual(
        valuesOf(inputs.get("origin")),
        rows.map((r) => r.origin.toWellFormed()),
      );
      assert.deepEqual(
        valuesOf(inputs.get("distance")),
        rows.map((r) => r.distance),
      );
      assert.deepEqual(
        valuesOf(inputs.get("seats")),
        rows.map((r) => r.seats),
      );
      assert.deepEqual(
        valuesOf(inputs.get("direct")),
        rows.map((r) => Number(r.direct)),
      );
    }),
  );
});

const wrongColumns: { readonly manifest: object; readonly message: RegExp }[] = [
  { manifest: { columns: [{ name: "distence" }] }, message: /names "distence", which is no input/ },
  {
    manifest: { columns: [{ name: "seats", optional: true }] },
    message: /makes "seats" optional, but INT32 has no value for what is missing/,
  },
  { manifest: { columns: [{ name: "seats" }, { name: "seats" }] }, message: /names "seats" twice/ },
];

for (const { manifest, message } of wrongColumns) {
  test(`a manifest is refused at load: ${JSON.stringify(manifest)}`, () => {
    assert.throws(() => decoder(FLIGHT, manifest), message);
  });
}
