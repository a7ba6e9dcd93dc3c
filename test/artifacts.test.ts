import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseManifest } from "../src/model/index.ts";

const TREES = ["test/artifacts/models", "examples/models"];

for (const tree of TREES.filter((folder) => existsSync(folder))) {
  test(`every manifest of ${tree} is valid`, () => {
    const manifests = readdirSync(tree, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith("model.json"),
    );
    assert.ok(manifests.length > 0);
    for (const manifest of manifests) {
      assert.doesNotThrow(() => parseManifest(readFileSync(join(tree, manifest), "utf8")), manifest);
    }
  });
}

test("every model of test/artifacts has a first version", () => {
  const models = readdirSync("test/artifacts/models");
  assert.ok(models.length >= 28);
  for (const model of models) {
    assert.ok(existsSync(join("test/artifacts/models", model, "1/model.onnx")), model);
  }
});
