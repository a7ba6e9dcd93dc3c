import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { COMMANDS } from "../src/cli/command-line.ts";
import { settings } from "../src/config/index.ts";

/** Every page of the project, as a reader of the repository finds them. */
const pages = listed("*.md").filter((path) => !path.startsWith("test/artifacts/"));

/** Files of the project, new ones included, without those that git ignores. */
function listed(pattern: string): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", pattern];
  const paths = execFileSync("git", args, { encoding: "utf8" }).split("\0");
  return paths.filter((path) => path !== "" && existsSync(path));
}

const read = (path: string) => readFileSync(path, "utf8");

/** The page without what is shown as code, in which brackets mean other things. */
function proseOf(text: string): string {
  return text
    .replace(/^```[^]*?^```/gm, "")
    .replace(/^ {4}.*$/gm, "")
    .replace(/`[^`\n]*`/g, "code");
}

/** Targets of links and pictures. */
function linksOf(path: string): string[] {
  return [...proseOf(read(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

const isRelative = (target: string) => !/^[a-z]+:/i.test(target);

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  const plain = heading.replaceAll("`", "").toLowerCase();
  return plain.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

function anchorsOf(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

test("every link to a file of the project leads to one, and to a heading that it has", () => {
  for (const page of pages) {
    for (const target of linksOf(page).filter(isRelative)) {
      const [file = "", anchor] = target.split("#");
      const path = file === "" ? page : normalize(join(dirname(page), file));
      assert.ok(existsSync(path), `${page}: ${target} does not exist`);
      if (anchor === undefined || statSync(path).isDirectory()) continue;
      assert.ok(anchorsOf(path).includes(anchor), `${page}: ${target} is no heading of ${path}`);
    }
  }
});

for (const readme of ["README.md", "README.es.md"]) {
  test(`${readme} leads to every page of docs/`, () => {
    const linked = new Set(linksOf(readme).map((target) => target.split("#")[0]));
    const missing = pages.filter((page) => page.startsWith("docs/") && !linked.has(page));
    assert.deepEqual(missing, []);
  });
}

test("ARCHITECTURE.md names functions that are in the files it names", () => {
  const rows = read("ARCHITECTURE.md")
    .split("\n")
    .filter((line) => /^\| (\d+|–) \|/.test(line));
  assert.ok(rows.length > 50, "no paths found");
  for (const row of rows) {
    const [, , files = "", names = ""] = row.split("|");
    const sources = [...files.matchAll(/\]\(([^)]+)\)/g)].map(([, path = ""]) => read(path)).join("\n");
    for (const [, name = ""] of names.matchAll(/`(\w+)`/g)) {
      const isDefined = new RegExp(
        `^(.*\\b(function\\*?|class|const) |  (async )?\\*?#?)${name}\\b.*[({=]`,
        "m",
      );
      assert.match(sources, isDefined, `${name} is not in ${files}`);
    }
  }
});

test("ARCHITECTURE.md shows the table of transitions as it is", async () => {
  const { TRANSITIONS } = await import("../src/serving/transitions.ts");
  const text = read("ARCHITECTURE.md");
  for (const [state, events] of Object.entries(TRANSITIONS)) {
    const cells = ["load", "loaded", "loadFailed", "unload", "closed"] as const;
    const row = cells.map((event) => (events[event] === state ? "·" : events[event]));
    assert.ok(text.includes(`| ${[state, ...row].join(" | ")} |`), `row of ${state}: ${row}`);
  }
});

/** Every flag that any command of the program takes. */
async function knownFlags(): Promise<Set<string>> {
  const flags = new Set(["--help", "--version", "--debug"]);
  const collect = (command: Command) => {
    for (const { long } of command.options) if (long) flags.add(long);
    for (const child of command.commands) collect(child);
  };
  for (const { load } of COMMANDS) collect(await (await load()).command());
  return flags;
}

/** Flags of other programs that the pages name. */
const FOREIGN = new Set([
  "--allow-client-shm", // Triton's, in the words of its error
  "--http-max-input-size", // the same
  "--data-binary", // curl
  "--port", // uvicorn
  "--build-arg", // docker
  "--build", // docker compose
  "--detach", // the same
  "--wait", // the same
  "--no-build", // podman-compose
  "--format", // podman
  "--namespace", // kubectl
  "--kustomize", // the same
  "--ignore-scripts", // npm
  "--cases", // npm run fuzz
  "--seed", // the same
  "--json", // npm run bench
]);

test("every flag that the user's pages name is one of the program", async () => {
  const flags = await knownFlags();
  const wordPattern = /(?<![\w-])--[a-z][a-z0-9-]*[a-z0-9]/g;
  for (const page of pages.filter((path) => path.startsWith("docs/") || path.startsWith("README"))) {
    for (const [flag] of read(page).matchAll(wordPattern)) {
      assert.ok(flags.has(flag) || FOREIGN.has(flag), `${page}: ${flag}`);
    }
  }
});

test("every setting that the pages name exists", () => {
  const sections = [...new Set(settings.map(({ key }) => key.split(".")))].filter(({ length }) => length > 1);
  const names = [...new Set(sections.map(([section = ""]) => section))].join("|");
  const pattern = new RegExp(`\`((?:${names})\\.[a-zA-Z]+)\``, "g");
  const keys = new Set(settings.map(({ key }) => key));
  for (const page of pages) {
    for (const [, key = ""] of read(page).matchAll(pattern)) assert.ok(keys.has(key), `${page}: ${key}`);
  }
});

test("every metric that the pages name exists", () => {
  const documented = read("docs/metrics.md");
  for (const page of pages.filter((path) => path.startsWith("docs/"))) {
    for (const [name] of read(page).matchAll(/\b(?:sirve|process|nodejs)_[a-z_]+\b/g)) {
      const base = name.replace(/_(bucket|sum|count)$/, "");
      assert.ok(documented.includes(`\`${base}\``) || documented.includes(`\`${name}\``), `${page}: ${name}`);
    }
  }
});
