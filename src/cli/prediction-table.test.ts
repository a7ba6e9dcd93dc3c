import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { predictionTable } from "./prediction-table.ts";

const tableOf = (answer: unknown) => stripVTControlCharacters(predictionTable(answer));

test("each prediction is a row; the likeliest classes come first", () => {
  const probabilities = { a: 0.1, b: 0.2, c: 0.0001, d: 0.6999 };
  const lines = tableOf({
    model: "m",
    version: 3,
    predictions: [{ label: "d", probabilities }, "plain"],
  }).split("\n");
  assert.deepEqual(lines, [
    "ROW  LABEL  PROBABILITIES           PREDICTION",
    "  0  d      d 0.7, b 0.2, a 0.1, …  -",
    "  1  -      -                       plain",
    "",
    "m version 3",
  ]);
});

test("lists of classes and of segments are written without quotes and braces", () => {
  const text = tableOf({
    model: "m",
    version: 1,
    predictions: [
      {
        top: [
          { label: "Boot", probability: 0.9997 },
          { label: "Bag", probability: 0.0003 },
        ],
        segments: [{ startMs: 5, endMs: 10 }],
        big: 2n ** 60n,
      },
    ],
  });
  assert.match(text, /Boot 1, Bag 0\.0003 +\(startMs 5 endMs 10\) +1152921504606846976/);
});

test("an answer without predictions is shown field by field", () => {
  assert.match(tableOf({ outputs: { y: [1, 2] } }), /outputs\.y +\[1,2\]/);
});

test("warnings of the server are shown below", () => {
  const text = tableOf({ model: "m", version: 1, predictions: [1], warnings: ["unknown category \u0007"] });
  assert.match(text, /warning: unknown category \\u0007$/);
});

test("any JSON answer can be shown", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      tableOf(one);
      tableOf({ predictions: [one, other] });
    }),
  );
});
