import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

const NAMES = ["distance", "origin", "destination", "hour"];

const cases: { readonly word: string; readonly meant: string | undefined }[] = [
  { word: "distence", meant: "distance" },
  { word: "ORIGIN", meant: "origin" },
  { word: "destinatoin", meant: "destination" },
  { word: "hours", meant: "hour" },
  { word: "temperature", meant: undefined },
  { word: "x".repeat(10_000), meant: undefined },
];

for (const { word, meant } of cases) {
  test(`"${word.slice(0, 20)}" ${meant === undefined ? "is near nothing" : `was meant to be "${meant}"`}`, () => {
    assert.equal(nearest(word, NAMES), meant);
  });
}

test("nothing is near where there is nothing", () => {
  assert.equal(nearest("distance", []), undefined);
});
