import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CliRegistry, startCliRegistry } from "../kit/cli-registry.ts";
import { type Golden, readGolden } from "../kit/golden-model.ts";

const FOLDER = "test/artifacts/convert";
const COLUMNS = ["age", "income", "height", "weight", "colour"];
let registry: CliRegistry;
before(async () => {
  registry = await startCliRegistry();
});
after(async () => registry.end());

/** The first rows of a golden file, as people send them. */
function rowsOf({ rows, features }: Golden, count: number): object[] {
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(COLUMNS.map((name, k) => [name, rows[i * features + k]])),
  );
}

interface Prediction {
  readonly probabilities: Readonly<Record<string, number>>;
}

for (const [name, path] of [
  ["xgboost", "xgboost/3.1.1/binary-logistic.ubj"],
  ["lightgbm", "lightgbm/4.6.0/binary.txt"],
] as const) {
  test(`add takes a model of ${name} whatever its name, and the server answers rows as the library did`, async () => {
    const golden = readGolden(join(FOLDER, path.replace(/\.\w+$/, ".golden.json")));
    const given = join(registry.folder, `${name}.model`);
    copyFileSync(join(FOLDER, path), given);
    const { code, stderr } = await registry.run("add", given, "--name", name, "--no-git");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /✓ read[\s\S]*✓ converted +differs by at most \d\.\de-\d/);
    const answer = await fetch(`${registry.server.url}/predict/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ rows: rowsOf(golden, 8) }),
    });
    const { predictions } = (await answer.json()) as { predictions: readonly Prediction[] };
    for (const [i, { probabilities }] of predictions.entries()) {
      assert.ok(Math.abs((probabilities["1"] ?? 0) - (golden.predictions[i] ?? 9)) < 1e-6, `row ${i}`);
    }
  });
}

test("what cannot be converted is refused before anything is sent, with what to do", async () => {
  const evil = join(registry.folder, "evil.pkl");
  writeFileSync(evil, Buffer.from("\x80\x04cos\nsystem\n(S'true'\ntR.", "latin1"));
  const pickle = await registry.run("add", evil, "--name", "evil", "--no-git");
  assert.notEqual(pickle.code, 0);
  assert.match(pickle.stderr, /is a Python pickle, not an ONNX file[\s\S]*never opened here/);
  const old = join(registry.folder, "old.bin");
  writeFileSync(old, "binf\0\0\0\0");
  const binary = await registry.run("add", old, "--name", "old", "--no-git");
  assert.match(binary.stderr, /old binary format of XGBoost[\s\S]*save_model/);
  const listed = JSON.stringify(await registry.json("models", "list"));
  assert.ok(listed.includes('"xgboost"') && !/"evil"|"old"/.test(listed), listed);
});
