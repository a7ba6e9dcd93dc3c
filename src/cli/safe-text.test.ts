import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { safeLines, safeText } from "./safe-text.ts";
import { renderTable, state } from "./table.ts";

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const anyText = fc.string({ unit: "binary" });

test("no text reaches the terminal with control characters, and printable text is left as it is", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const safe = safeText(text);
      assert.doesNotMatch(safe, CONTROL);
      if (!CONTROL.test(text)) assert.equal(safe, text);
    }),
  );
  assert.equal(safeText("a\u001b[2Jb\u009b\u202e"), "a\\u001b[2Jb\\u009b\\u202e");
});

test("line feeds and tabs survive where lines are kept", () => {
  assert.equal(safeLines("a\n\tb\r\u0007"), "a\n\tb\\u000d\\u0007");
});

test("a table is one line for each row, whatever the cells hold", () => {
  const cell = fc.oneof(anyText, fc.double(), fc.bigInt(), fc.boolean(), fc.constant(undefined));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), (rows) => {
      const lines = renderTable([{ title: "A" }, { title: "B", align: "right" }], rows).split("\n");
      assert.equal(lines.length, rows.length + 1);
      for (const line of lines) assert.doesNotMatch(stripVTControlCharacters(line), CONTROL);
    }),
  );
});

test("columns are as wide as their widest cell and right ones end in one line", () => {
  const table = renderTable(
    [{ title: "NAME" }, { title: "N", align: "right" }],
    [
      ["a", 1],
      ["long name", 1000],
    ],
  );
  assert.deepEqual(stripVTControlCharacters(table).split("\n"), [
    "NAME          N",
    "a             1",
    "long name  1000",
  ]);
});

test("a state's word is made safe before it is coloured", () => {
  assert.match(state("ready\u0007").colored, /ready\\u0007/);
});
