import assert from "node:assert/strict";
import { test } from "node:test";
import type { ColumnFacts } from "./api.ts";
import { sampleInputs, sampleRow } from "./sample-row.ts";

const column = (name: string, more: Partial<ColumnFacts> = {}): ColumnFacts => ({
  name,
  dtype: "FP32",
  shape: [],
  optional: false,
  ...more,
});

test("an example comes first, then a known category, then the middle of the bounds", () => {
  const row = sampleRow([
    column("a", { dtype: "BYTES", examples: ["ORD"], values: ["JFK"] }),
    column("b", { dtype: "BYTES", values: ["JFK"] }),
    column("c", { min: 10, max: 20 }),
    column("d", { dtype: "INT64", min: 0, max: 5 }),
    column("e", { dtype: "BOOL" }),
    column("f"),
  ]);
  assert.deepEqual(row, { a: "ORD", b: "JFK", c: 15, d: 3, e: true, f: 0 });
});

test("a column with axes is a nested list of its shape", () => {
  assert.deepEqual(sampleRow([column("x", { shape: [2, -1, 2] })]), { x: [[[0, 0]], [[0, 0]]] });
});

test("inputs of a model without rows have their shape, with one for what is free", () => {
  const inputs = [
    { name: "state", dtype: "FP32", shape: [2, -1] },
    { name: "sr", dtype: "INT64", shape: [] },
  ];
  const description = { version: 1, text: "", inputs, outputs: [], columns: [], licence: "", origin: "" };
  assert.deepEqual(sampleInputs(description), { state: [[0], [0]], sr: 0 });
});
