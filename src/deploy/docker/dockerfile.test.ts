import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { aPlan } from "../sample-plan.suite.ts";
import { dockerfile } from "./dockerfile.ts";

/** Instructions of a Dockerfile, continued lines joined. */
function instructionsOf(text: string): string[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  return lines
    .join("\n")
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" ", 1)[0] ?? "");
}

const WORDS =
  "ARG FROM COPY ENV COPY COPY LABEL USER WORKDIR EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split(" ");

test("the Dockerfile names the five parts and runs nothing", () => {
  const text = dockerfile(aPlan());
  assert.deepEqual(instructionsOf(text), WORDS);
  const parts = [...text.matchAll(/^# ([1-5])\. /gm)].map(([, part]) => part);
  assert.deepEqual(parts, ["1", "2", "3", "4", "5"]);
  assert.match(text, /^USER 65532:65532$/m);
});

test("no value of a setting adds an instruction", () => {
  const value = fc.string({ unit: "grapheme-ascii", maxLength: 30 });
  const hostile = fc.tuple(fc.constantFrom('"\\', "\\", '" \\', "' #", "`"), value).map(([a, b]) => b + a);
  fc.assert(
    fc.property(hostile, (text) => {
      const made = dockerfile(aPlan({ environment: { SIRVE_LOG_LEVEL: text } }));
      assert.deepEqual(instructionsOf(made), WORDS);
    }),
  );
});
