import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type CliRegistry, startCliRegistry } from "../kit/cli-registry.ts";
import { runSirve } from "../kit/command-line.ts";
import { type Golden, readGolden } from "../kit/golden-model.ts";
import { startServer } from "../kit/server.ts";

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

async function askRows(url: string, model: string, rows: readonly object[]) {
  const answer = await fetch(`${url}/predict/${model}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ rows }),
  });
  return (await answer.json()) as { predictions: readonly Prediction[] };
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
    const { predictions } = await askRows(registry.server.url, name, rowsOf(golden, 8));
    for (const [i, { probabilities }] of predictions.entries()) {
      assert.ok(Math.abs((probabilities["1"] ?? 0) - (golden.predictions[i] ?? 9)) < 1e-6, `row ${i}`);
    }
  });
}

test("rows given with --samples are compared as well, printed and stored, and are refused where the model has other columns", async () => {
  const path = join(FOLDER, "xgboost/3.1.1/categorical.ubj");
  const samples = join(registry.folder, "rows.json");
  writeFileSync(samples, JSON.stringify(rowsOf(readGolden(path.replace(/\.ubj$/, ".golden.json")), 12)));
  const out = join(registry.folder, "compared");
  const { code, stderr } = await runSirve(["convert", path, "--out", out, "--samples", samples]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /✓ samples {4}differs by at most \d\.\de[+-]\d+ on 12 rows of/);
  assert.match(
    readFileSync(join(out, "model.json"), "utf8"),
    /on 256 rows, by at most [\d.e+-]+ on 12 given rows"/,
  );
  writeFileSync(samples, '[{"age": 1, "size": 2}]');
  const refused = await runSirve(["convert", path, "--out", `${out}-2`, "--samples", samples]);
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /--samples .*rows\.json cannot be taken: .*size/);
  const onnx = ["add", "examples/models/churn/1/model.onnx", "--name", "plain", "--samples", samples];
  assert.match((await registry.run(...onnx)).stderr, /--samples is for models that are converted/);
});

test("what cannot be converted is refused before anything is sent, with what to do", async () => {
  const evil = join(registry.folder, "evil.pkl");
  writeFileSync(evil, Buffer.from("\x80\x04cos\nsystem\n(S'true'\ntR.", "latin1"));
  const pickle = await registry.run("add", evil, "--name", "evil", "--no-git");
  assert.notEqual(pickle.code, 0);
  assert.match(pickle.stderr, /evil.pkl is a Python pickle that would call os.system; .* never opened here/);
  const old = join(registry.folder, "old.bin");
  writeFileSync(old, "binf\0\0\0\0");
  const binary = await registry.run("add", old, "--name", "old", "--no-git");
  assert.match(binary.stderr, /old binary format of XGBoost[\s\S]*save_model/);
  const listed = JSON.stringify(await registry.json("models", "list"));
  assert.ok(listed.includes('"xgboost"') && !/"evil"|"old"/.test(listed), listed);
});

test("convert writes a version's folder that a server of a folder answers from, and overwrites nothing", async () => {
  const models = join(registry.folder, "models");
  const out = join(models, "buyers", "1");
  const path = join(FOLDER, "lightgbm/3.3.5/multiclass.txt");
  const { code, stderr, stdout } = await runSirve(["convert", path, "--out", out, "-o", "json"]);
  assert.equal(code, 0, stderr);
  const { source, verified } = JSON.parse(stdout) as {
    source: { format: string };
    verified: { largestError: number };
  };
  assert.equal(source.format, "lightgbm");
  assert.ok(verified.largestError < 1e-6);
  assert.deepEqual(readdirSync(out).toSorted(), ["model.json", "model.onnx", "source.txt"]);
  assert.match((await runSirve(["convert", path, "--out", out])).stderr, /is not empty/);
  const server = await startServer({ models, args: ["--log-level", "warn"] });
  try {
    const golden = readGolden(path.replace(/\.txt$/, ".golden.json"));
    const rows = rowsOf(golden, 2);
    const { predictions } = await askRows(server.url, "buyers", rows);
    const got = predictions.flatMap(({ probabilities }) => Object.values(probabilities));
    for (const [i, value] of got.entries()) assert.ok(Math.abs(value - (golden.predictions[i] ?? 9)) < 1e-6);
  } finally {
    await server.stop();
  }
});
