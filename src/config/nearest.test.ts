import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, nearest } from "./nearest.ts";

/** The definition, without a table. */
function naiveDistance(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  if (a[0] === b[0]) return naiveDistance(restA, restB);
  return 1 + Math.min(naiveDistance(restA, b), naiveDistance(a, restB), naiveDistance(restA, restB));
}

test("the edit distance is that of its definition", () => {
  const word = fc.stringMatching(/^[abc]{0,6}$/);
  fc.assert(fc.property(word, word, (a, b) => assert.equal(editDistance(a, b), naiveDistance(a, b))));
});

test("the nearest of the candidates is found, and none if all are far", () => {
  assert.equal(nearest("prot", ["host", "port"]), "port");
  assert.equal(nearest("SIRVE_http_port", ["SIRVE_HTTP_PORT"]), "SIRVE_HTTP_PORT");
  assert.equal(nearest("zebra", ["host", "port"]), undefined);
  assert.equal(nearest("x".repeat(10_000), ["x"]), undefined);
});
