import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { linesOfFile } from "./file-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "sirve-lines-"));
after(() => rmSync(folder, { recursive: true }));

async function linesOf(text: string, maxBytes: number): Promise<string[]> {
  const path = join(folder, "lines");
  writeFileSync(path, text);
  const lines: string[] = [];
  for await (const line of linesOfFile(path, maxBytes, () => new Error("too long"))) lines.push(line);
  return lines;
}

test("lines come as they were written, however long they are and wherever the file is cut", async () => {
  const long = fc.integer({ min: 0, max: 200_000 }).map((length) => "é".repeat(length));
  const line = fc.oneof(
    fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", "")),
    long,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
      assert.deepEqual(await linesOf(lines.map((one) => `${one}\n`).join(""), 1e6), lines);
    }),
    { numRuns: 30 },
  );
  assert.deepEqual(await linesOf("a\nb", 10), ["a", "b"]);
});

test("a line of more bytes than allowed is refused, one of just as many is not", async () => {
  assert.deepEqual(await linesOf("12345\n12345", 5), ["12345", "12345"]);
  await assert.rejects(linesOf("12345\n123456\n", 5), /too long/);
  await assert.rejects(linesOf("x".repeat(1_000_000), 100_000), /too long/);
});
