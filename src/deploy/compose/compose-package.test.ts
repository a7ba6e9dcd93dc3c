import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { aPlan } from "../sample-plan.suite.ts";
import { composePackage } from "./compose-package.ts";

interface Compose {
  readonly services: Record<string, Record<string, unknown> & { environment: Record<string, string> }>;
}

function composeOf(environment: Record<string, string>): Compose {
  const file = composePackage(aPlan({ environment })).find(({ path }) => path === "compose.yaml");
  assert.ok(file && "text" in file.content);
  return parse(file.content.text) as Compose;
}

test("Compose runs it read-only, without capabilities, on loopback", () => {
  const { churn = assert.fail("no service") } = composeOf({}).services;
  assert.equal(churn["read_only"], true);
  assert.deepEqual(churn["cap_drop"], ["ALL"]);
  for (const port of churn["ports"] as string[]) assert.match(port, /^127\.0\.0\.1:/);
});

test("a setting comes out of the file as the text that it was, and nothing else changes", () => {
  const { churn: plain } = composeOf({ SIRVE_LOG_LEVEL: "" }).services;
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 40 }), (text) => {
      const { churn } = composeOf({ SIRVE_LOG_LEVEL: text }).services;
      assert.equal(churn?.environment["SIRVE_LOG_LEVEL"]?.replaceAll("$$", "$"), text);
      assert.deepEqual({ ...churn, environment: {} }, { ...plain, environment: {} });
    }),
    { numRuns: 50 },
  );
});
