import assert from "node:assert/strict";
import { test } from "node:test";
import { readableOf } from "./readable.ts";

test("classes come with the most probable first, from wherever the answer has them", () => {
  const all = readableOf({ label: "no", probability: 0.4, probabilities: { no: 0.4, yes: 0.6 } });
  assert.deepEqual(
    all.shares.map(({ label }) => label),
    ["yes", "no"],
  );
  const top = readableOf({
    label: "a",
    top: [
      { label: "b", probability: 0.1 },
      { label: "a", probability: 0.9 },
    ],
  });
  assert.deepEqual(
    top.shares.map(({ label }) => label),
    ["a", "b"],
  );
  assert.deepEqual(readableOf({ label: 7, probability: 1 }).shares, [{ label: "7", probability: 1 }]);
});

test("parts of a sound and of a picture are found, and what is none is left out", () => {
  const { segments, boxes, text, rest } = readableOf({
    segments: [{ startMs: 1, endMs: 2 }, { startMs: "x" }, null],
    boxes: [{ x: 1, y: 2, width: 3, height: 4, label: "cat" }, {}],
    text: "hello",
    seconds: 5,
  });
  assert.equal(segments?.length, 1);
  assert.equal(boxes?.length, 1);
  assert.equal(text, "hello");
  assert.deepEqual(rest, [["seconds", 5]]);
});

test("a prediction of any other form is shown as it is", () => {
  for (const value of [3, "x", null, [1, 2]]) assert.deepEqual(readableOf(value).rest, [["", value]]);
});
