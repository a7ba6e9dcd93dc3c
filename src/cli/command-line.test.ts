import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Command } from "commander";
import { type ErrorCode, PlatformError, STATUS } from "../base/index.ts";
import { COMMANDS, runCommandLine } from "./command-line.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { optionText, prepareHelp } from "./help-text.ts";

const page = readFileSync("docs/cli.md", "utf8");

test("docs/cli.md has a section for every command, with examples, and names its summary", () => {
  for (const { name, summary } of COMMANDS) {
    const section = page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0] ?? "";
    assert.match(section, new RegExp(`^ {4}.*sirve ${name}`, "m"), name);
    assert.ok(summary.length > 0);
  }
});

test("docs/cli.md lists exactly the exit codes that there are", () => {
  const listed = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(listed, Object.values(EXIT));
});

test("every command of the examples exists, and so does every option", async () => {
  const made = new Map<string, Awaited<ReturnType<(typeof COMMANDS)[number]["load"]>>>();
  for (const { name, load } of COMMANDS) made.set(name, await load());
  for (const [, name = "", rest = ""] of page.matchAll(/^ {4}.*?sirve ([\w-]+)(.*)$/gm)) {
    const module = made.get(name);
    assert.ok(module, name);
    const command = await module.command();
    const [first = ""] = rest.trim().split(" ");
    const used = command.commands.find((one) => one.name() === first) ?? command;
    for (const [flag] of rest.matchAll(/(?<= )--?[a-z][a-z-]*/g)) {
      assert.ok(
        used.options.some((option) => option.short === flag || option.long === flag),
        `${name} ${rest}: ${flag}`,
      );
    }
  }
});

/** Commands that do something, with their names in full. */
async function leaves(): Promise<[name: string, command: Command][]> {
  const found: [string, Command][] = [];
  const collect = (command: Command, path: string) => {
    const name = `${path} ${command.name()}`;
    prepareHelp(command);
    if (command.commands.length === 0) found.push([name, command]);
    for (const child of command.commands) collect(child, name);
  };
  for (const { load } of COMMANDS) collect(await (await load()).command(), "sirve");
  return found;
}

test("the help of every command says what it does and what each argument and option means, with an example", async () => {
  for (const [name, command] of await leaves()) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    assert.match(command.description(), /^[A-Z].*\.$/s, name);
    assert.match(help, new RegExp(`\nExamples?:\n(.*\n)*?  \\$ .*${name}\\b`), name);
    const silent = command.registeredArguments.find(({ description }) => description === "");
    assert.equal(silent?.name(), undefined, name);
    for (const option of command.options) {
      assert.notEqual(option.description, "", `${name} ${option.flags}`);
      const shown = `${name} ${option.flags}`;
      assert.doesNotMatch(optionText(option), /default: (\[|\{|false)/, shown);
      assert.doesNotMatch(option.description, /[;,] default:/, shown);
    }
  }
});

test("an option means the same in every command, and takes the same", async () => {
  const flags = new Map<string, string>();
  for (const [name, command] of await leaves()) {
    for (const { long, flags: written } of command.options) {
      // Settings of the server have names of their own; a few words mean another thing to another command.
      if (long === undefined || long === null || OTHERWISE.has(long)) continue;
      assert.equal(flags.get(long) ?? written, written, `${name} ${long}`);
      flags.set(long, written);
    }
  }
});

/** Where the word is the same and what it takes is not. */
const OTHERWISE = new Set(["--name", "--tag", "--models", "--data", "--rate"]);

test("every error has an exit code, by who has to act", () => {
  for (const code of Object.keys(STATUS) as ErrorCode[]) {
    const own = exitCodeOf(new PlatformError(code, "x"));
    assert.ok(([EXIT.failure, EXIT.usage, EXIT.interrupted] as number[]).includes(own), code);
    const { http: status } = STATUS[code];
    const answered = exitCodeOf(new PlatformError(code, "x", { cause: { kind: "answered", status } }));
    assert.equal(answered, status >= 500 || status === 429 ? EXIT.serverFailed : EXIT.refused, code);
  }
  const gone = new PlatformError("unavailable", "x", { cause: { kind: "unreachable" } });
  assert.equal(exitCodeOf(gone), EXIT.unreachable);
});

test("after a command --version is no wish for the program's version", async () => {
  assert.equal(await runCommandLine(["predict", "iris", "--version", "1"]), EXIT.usage);
});
