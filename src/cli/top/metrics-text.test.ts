import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../../base/index.ts";
import { parseMetrics } from "./metrics-text.ts";

const PAGE = `# HELP a_total Things.
# TYPE a_total counter
a_total{model="m",path="C:\\\\x\\"y\\nz"} 12 1700000000000
b 1.5e-3

c_bucket{le="+Inf",} +Inf
`;

test("a page is read with its labels, escapes and special numbers", () => {
  const samples = parseMetrics(PAGE).map(({ name, labels, value }) => ({ name, labels: [...labels], value }));
  assert.deepEqual(samples, [
    {
      name: "a_total",
      labels: [
        ["model", "m"],
        ["path", 'C:\\x"y\nz'],
      ],
      value: 12,
    },
    { name: "b", labels: [], value: 0.0015 },
    { name: "c_bucket", labels: [["le", "+Inf"]], value: Number.POSITIVE_INFINITY },
  ]);
});

test("what is no sample is refused with its line", () => {
  for (const line of ["<html>", "a", "a{b=c} 1", 'a{b="c} 1', "a one", "a{} 1 2 3"]) {
    assert.throws(() => parseMetrics(`ok 1\n${line}`), /line 2 of the metrics is none/);
  }
});

test("any text is samples or a refusal", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseMetrics(text);
      } catch (error) {
        assert.ok(error instanceof PlatformError);
      }
    }),
  );
});
