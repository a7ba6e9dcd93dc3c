import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";

/**
 * Which folder of src/ may import which: only those in its row, and only their index.ts.
 * No row names a later row, so the table is also the reading order.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  tensor: ["base"],
  telemetry: ["base"],
  config: ["base"],
  model: ["base", "tensor"],
  onnx: ["base", "tensor"],
  prepare: ["base", "tensor", "model"],
  protocols: ["base", "tensor", "model"],
  runtimes: ["base", "tensor", "telemetry", "model", "onnx"],
  scheduler: ["base", "tensor", "telemetry", "model", "runtimes"],
  serving: ["base", "tensor", "telemetry", "model", "prepare", "runtimes", "scheduler"],
  server: ["base", "telemetry", "config", "model", "onnx", "prepare", "protocols", "runtimes", "serving"],
  cli: ["base", "config", "server"],
};

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
  /(?<!\.test|\.suite)\.ts$/.test(file),
);

/** Relative imports of a file under src/, static or dynamic, as paths under src/. */
function importsOf(file: string): string[] {
  const source = readFileSync(posix.join("src", file), "utf8");
  const matches = source.matchAll(/\b(?:from|import)[ (]*"(\.[^"]+)"/g);
  const specifiers = [...matches].map(([, specifier = ""]) => specifier);
  return specifiers.map((specifier) => posix.join(posix.dirname(file), specifier));
}

const folderOf = (path: string) => path.split("/")[0] ?? "";

for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
  test(`src/${folder} imports only ${allowed.join(", ") || "itself"}`, () => {
    for (const file of files.filter((f) => folderOf(f) === folder)) {
      for (const target of importsOf(file).filter((path) => folderOf(path) !== folder)) {
        const isAllowed = allowed.some((other) => target === `${other}/index.ts`);
        assert.ok(isAllowed, `${file} must not import ${target}`);
      }
    }
  });
}

test("every file of src/ lies in a folder with a row", () => {
  assert.deepEqual(
    files.filter((file) => !MAY_IMPORT[folderOf(file)]),
    [],
  );
});

test("the table names earlier rows only", () => {
  const order = Object.keys(MAY_IMPORT);
  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    const late = allowed.filter((other) => order.indexOf(other) >= order.indexOf(folder));
    assert.deepEqual(late, [], folder);
  }
});
