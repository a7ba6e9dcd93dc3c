import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { dockerfileText, dollarText, shellWord, unitAssignment, unitWord } from "./quoting.ts";

const MARKS = Array.from("\"'\\$%#{}()`;&|<>*?! ~=:,-@");

/** Text in one line, rich in what the formats give a meaning. */
const line = fc
  .array(fc.oneof(fc.constantFrom(...MARKS), fc.string({ minLength: 1, maxLength: 3 })))
  .map((parts) => parts.join("").replaceAll(/[\p{Cc}\u2028\u2029]/gu, ""));

test("a shell reads a quoted word as the text that it was", () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 50 }), (texts) => {
      const script = `printf '%s\\0' ${texts.map(shellWord).join(" ")}`;
      const printed = execFileSync("sh", ["-c", script], { encoding: "utf8" });
      assert.deepEqual(printed.split("\0").slice(0, -1), texts);
    }),
    { numRuns: 20 },
  );
});

/** A word in double quotes in which a backslash takes the meaning of the next character. */
function unescaped(quoted: string): string {
  const [, inner] = /^"((?:[^"\\]|\\.)*)"$/su.exec(quoted) ?? assert.fail(`ends early: ${quoted}`);
  return inner?.replaceAll(/\\(.)/gsu, "$1") ?? "";
}

test("in a Dockerfile no text ends its quotes, and no variable is left to replace", () => {
  fc.assert(
    fc.property(line, (text) => {
      const quoted = dockerfileText(text);
      assert.equal(unescaped(quoted), text);
      assert.doesNotMatch(quoted.replaceAll(/\\./gsu, ""), /\$/);
    }),
  );
});

test("in a unit no text ends its quotes, and no specifier or variable is left to replace", () => {
  fc.assert(
    fc.property(line, (text) => {
      assert.equal(unescaped(unitWord(text)).replaceAll("%%", "%").replaceAll("$$", "$"), text);
      assert.doesNotMatch(unitWord(text).replaceAll("%%", "").replaceAll("$$", ""), /[%$]/);
      assert.equal(unescaped(unitAssignment("NAME", text)).replaceAll("%%", "%"), `NAME=${text}`);
    }),
  );
});

test("in Compose no variable is left to replace", () => {
  fc.assert(fc.property(line, (text) => assert.equal(dollarText(text).replaceAll("$$", "$"), text)));
});

test("a line break or another control is refused by every format", () => {
  for (const bad of ["a\nRUN id", "a\rb", "a\u0000b", "a\u001b[2Jb", "a\u2028b"]) {
    for (const quote of [shellWord, dockerfileText, unitWord, dollarText]) {
      assert.throws(() => quote(bad), { code: "invalid_argument" });
    }
  }
});
