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
  database: ["base"],
  model: ["base", "tensor"],
  onnx: ["base", "tensor"],
  prepare: ["base", "tensor", "model"],
  convert: ["base", "tensor", "onnx"],
  deploy: ["base", "config", "model"],
  admin: ["base", "model"],
  protocols: ["base", "tensor", "model"],
  client: ["base", "tensor", "model", "admin", "protocols"],
  runtimes: ["base", "tensor", "telemetry", "model", "onnx"],
  scheduler: ["base", "tensor", "telemetry", "model", "runtimes"],
  registry: ["base", "telemetry", "database", "model"],
  access: ["base", "telemetry", "database", "model"],
  serving: ["base", "tensor", "telemetry", "model", "prepare", "runtimes", "scheduler"],
  server: [
    "base",
    "telemetry",
    "config",
    "database",
    "model",
    "onnx",
    "prepare",
    "convert",
    "admin",
    "protocols",
    "runtimes",
    "registry",
    "access",
    "serving",
  ],
  cli: ["base", "config", "model", "deploy", "client", "server"],
};

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) =>
  /(?<!\.test|\.suite)\.ts$/.test(file),
);

const sourceOf = (file: string) => readFileSync(posix.join("src", file), "utf8");

/** Relative imports of a file under src/, static or dynamic, as paths under src/. */
function importsOf(file: string): string[] {
  const matches = sourceOf(file).matchAll(/\b(?:from|import)[ (]*"(\.[^"]+)"/g);
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

/** The run-time packages of docs/dependencies.md with the folders that may import them; undefined: any. */
function documentedPackages(): Map<string, readonly string[] | undefined> {
  const page = readFileSync("docs/dependencies.md", "utf8");
  const table = page.slice(page.indexOf("## Run time"), page.indexOf("## Development"));
  const rows = table.matchAll(/^\| ([a-z@/0-9-]+) \|.*\| ([^|]+) \|$/gm);
  return new Map(
    [...rows]
      .filter(([, name]) => name !== "package")
      .map(([, name = "", by = ""]) => {
        const folders = [...by.matchAll(/`src\/([a-z]+)`/g)].map(([, folder = ""]) => folder);
        return [name, by === "any folder" ? undefined : folders];
      }),
  );
}

/** Packages that a file imports or resolves: its bare specifiers, cut back to a name of `known` where one fits. */
function packagesOf(file: string, known: readonly string[]): string[] {
  // Types of a package for development are gone when the program runs.
  const source = sourceOf(file).replaceAll(/^import type [^;]* from "kubernetes-models\/[^"]+";$/gm, "");
  const matches = source.matchAll(/(?:\bfrom |\bimport[ (]|\brequire\(|\.resolve\()"([^".\s][^"\s]*)"/g);
  const bare = [...matches].map(([, path = ""]) => path).filter((path) => !path.startsWith("node:"));
  return bare.map((path) => known.find((name) => path === name || path.startsWith(`${name}/`)) ?? path);
}

test("each dependency is in docs/dependencies.md, and imported by exactly the folders that it names", () => {
  const documented = documentedPackages();
  const known = [...documented.keys()];
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: object };
  assert.deepEqual(known.toSorted(), Object.keys(dependencies).toSorted());
  const importers = new Map(known.map((name) => [name, new Set<string>()]));
  for (const file of files) {
    for (const name of packagesOf(file, known)) {
      const folders = importers.get(name);
      assert.ok(folders, `src/${file} imports ${name}, which is no dependency`);
      folders.add(folderOf(file));
    }
  }
  for (const [name, folders] of importers) {
    const allowed = documented.get(name) ?? folders;
    assert.deepEqual([...folders].toSorted(), [...allowed].toSorted(), name);
  }
});

/** What only some files may say: the environment and the time come to all others as arguments. */
const ONLY_IN: readonly { readonly what: RegExp; readonly where: RegExp }[] = [
  { what: /\bprocess\.env\b/, where: /^config\// },
  { what: /\bset(?:Timeout|Interval)\(|\bDate\.now\(/, where: /^base\/clock\.ts$/ },
  // The engines time runs in threads and processes of their own, where no clock can be handed in.
  { what: /\bperformance\.now\(/, where: /^(?:base\/clock\.ts$|runtimes\/)/ },
  { what: /from "koffi"/, where: /^runtimes\/onnx\/ffi\.ts$/ },
  { what: /\bexport (?:\*|default\b)/, where: /^$/ },
  { what: /\b(?:TODO|FIXME|XXX)\b|@ts-(?:ignore|nocheck|expect-error)/, where: /^$/ },
  // A lint rule is switched off for one line, with the reason behind two dashes.
  { what: /(?:biome|oxlint)-(?:ignore|disable)(?!-next-line [a-z-]+ -- \w)/, where: /^$/ },
];

for (const { what, where } of ONLY_IN) {
  const place = where.source === "^$" ? "no file" : `only ${where.source}`;
  test(`in src/ ${place} says ${what.source}`, () => {
    const sayers = files.filter((file) => !where.test(file) && what.test(sourceOf(file)));
    assert.deepEqual(sayers, []);
  });
}

test("only the index of a folder is a barrel", () => {
  const deeper = files.filter((file) => file.endsWith("/index.ts") && file.split("/").length > 2);
  assert.deepEqual(deeper, []);
});

test("the web page knows nothing of src/ but the client", () => {
  const page = readdirSync("web/src", { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  assert.ok(page.length > 10);
  for (const file of page) {
    const source = readFileSync(posix.join("web/src", file), "utf8");
    const outside = [...source.matchAll(/from "((?:\.\.\/)+src\/[^"]+)"/g)].map(([, path = ""]) => path);
    for (const path of outside) assert.match(path, /^(?:\.\.\/)+src\/client\/index\.ts$/, file);
  }
});
