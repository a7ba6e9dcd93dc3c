import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { type CliRegistry, startCliRegistry } from "../kit/cli-registry.ts";

/** The parts of the page that are TypeScript; the first one makes the client that the others use. */
const [making = "", ...snippets] = [
  ...readFileSync("docs/clients.md", "utf8").matchAll(/^```ts\n([^]*?)^```$/gm),
].map(([, code = ""]) => code);
const CLIENT = resolve("src/client/index.ts");

let registry: CliRegistry;
before(async () => {
  registry = await startCliRegistry();
  for (const [name, path] of [
    ["churn", join(registry.folder, "churn-1")],
    ["fashion", "examples/models/fashion/2"],
  ] as const) {
    const manifest = `--manifest=examples/models/${name}/model.json`;
    const { code, stderr } = await registry.run("add", path, "--name", name, manifest);
    assert.equal(code, 0, stderr);
  }
});
after(async () => registry.end());

/** A module of the client and one part, against the server that runs here. */
function moduleOf(snippet: string): string {
  const lines = `${making}\n${snippet}`
    .replaceAll('"sirve/client"', JSON.stringify(CLIENT))
    .replace('"http://127.0.0.1:8080"', JSON.stringify(registry.server.url))
    .split("\n");
  const isImport = (line: string) => line.startsWith("import ");
  return [...lines.filter(isImport), ...lines.filter((line) => !isImport(line)), "export {};"].join("\n");
}

test("the page shows how each thing is done", () => {
  for (const word of [
    "predict<",
    "predictFile",
    "infer",
    "predictStream",
    "timeoutMs",
    "SirveError",
    "events",
  ]) {
    assert.ok(
      snippets.some((code) => code.includes(word)),
      word,
    );
  }
});

/** The parts as files, which the first of the tests below writes. */
function writeParts(): string[] {
  const folder = join(registry.folder, "parts");
  mkdirSync(folder, { recursive: true });
  return snippets.map((code, i) => {
    const file = join(folder, `part-${i}.mts`);
    writeFileSync(file, moduleOf(code));
    return file;
  });
}

test("every part of the page fits the client's types", () => {
  const files = writeParts();
  const compilerOptions = {
    rootDir: "/",
    typeRoots: [resolve("node_modules/@types")],
    rewriteRelativeImportExtensions: false,
    noUnusedLocals: false,
  };
  const config = join(registry.folder, "tsconfig.json");
  writeFileSync(
    config,
    JSON.stringify({ extends: resolve("tsconfig.json"), compilerOptions, include: [], files }),
  );
  const { status, stdout } = spawnSync("node_modules/.bin/tsc", ["-p", config], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});

test("every part of the page works against a server, in the order of the page", () => {
  for (const [i, file] of writeParts().entries()) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
      encoding: "utf8",
      timeout: 30_000,
    });
    assert.equal(status, 0, `part ${i}: ${stderr}`);
    if (snippets[i]?.includes("console.log")) assert.notEqual(stdout, "", `part ${i}`);
  }
});
