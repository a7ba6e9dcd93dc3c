import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { typedManifestSchema } from "./manifest-schema.ts";

test("the manifests of the examples are what the schema for editors says", () => {
  for (const model of readdirSync("examples/models")) {
    const manifest = JSON.parse(readFileSync(`examples/models/${model}/model.json`, "utf8")) as unknown;
    const { success, error } = typedManifestSchema.safeParse(manifest);
    assert.ok(success, `${model}: ${error?.message}`);
  }
});

const wrong: readonly object[] = [
  { inputPreparation: [{ name: "imgae" }] },
  { inputPreparation: [{ name: "image", parameters: { colour: "rgb" } }] },
  { outputPreparation: [{ name: "segments" }] },
  { outputPreparation: [{ name: "top", parameters: { k: 0 } }] },
];

for (const manifest of wrong) {
  test(`the schema for editors refuses ${JSON.stringify(manifest)}`, () => {
    assert.equal(typedManifestSchema.safeParse(manifest).success, false);
  });
}
