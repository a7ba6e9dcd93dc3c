import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type ErrorCode, PlatformError, STATUS } from "../base/index.ts";
import { COMMANDS, runCommandLine } from "./command-line.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";

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
  for (const [, name = "", rest = ""] of page.matchAll(/^ {4}.*?sirve (\w+)(.*)$/gm)) {
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
