import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { artifactDigest } from "./artifact-digest.ts";

const [a, b] = ["a", "b"].map((digit) => digit.repeat(64)) as [string, string];

test("an artifact's digest is that of the lines which docs name", () => {
  const files = [
    { name: "model.onnx", digest: a, bytes: 12 },
    { name: "Labels.txt", digest: b, bytes: 0 },
  ];
  const text = `${b} 0 Labels.txt\n${a} 12 model.onnx\n`;
  assert.equal(artifactDigest(files), createHash("sha256").update(text).digest("hex"));
});

test("names, sizes and digests tell artifacts apart, the order of files does not", () => {
  const file = fc.record({
    name: fc.stringMatching(/^[A-Za-z0-9_-]{1,4}$/),
    digest: fc.constantFrom(a, b),
    bytes: fc.nat({ max: 3 }),
  });
  const files = fc.uniqueArray(file, { selector: ({ name }) => name, minLength: 1, maxLength: 4 });
  const sorted = (list: readonly { readonly name: string }[]) =>
    JSON.stringify(list.toSorted((one, other) => (one.name < other.name ? -1 : 1)));
  fc.assert(
    fc.property(files, files, (one, other) => {
      assert.equal(artifactDigest(one), artifactDigest(one.toReversed()));
      assert.equal(artifactDigest(one) === artifactDigest(other), sorted(one) === sorted(other));
    }),
  );
});
