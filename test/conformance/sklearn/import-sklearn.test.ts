import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PYTHON_LIBRARIES } from "../../../src/convert/index.ts";
import { needs } from "../../kit/require.ts";
import { type TrainedModels, trainModels } from "../../kit/trained-models.ts";

const skip = needs("python");
let models: TrainedModels;

before(async () => {
  if (skip) return;
  models = await trainModels(
    new URL("train.py", import.meta.url),
    PYTHON_LIBRARIES.sklearn.requirements("1.9.1"),
  );
});
after(() => models?.remove());

test("models that scikit-learn saved are converted, and served they answer as it does", {
  skip,
}, async (t) => {
  for (const [file, { code, stderr }] of await models.convertAll("--allow-code")) {
    assert.equal(code, 0, `${file}: ${stderr}`);
    assert.match(stderr, /read {7}scikit-learn 1\.9\.1, \w+, \d+ columns/);
  }
  for (const [name, error] of Object.entries(await models.differences())) {
    t.diagnostic(`${name}: ${error.toExponential(0)}`);
    assert.ok(error < 1e-5, `${name}: ${error}`);
  }
});

test("rows of the user's own are compared as well, by their names, and what the model has not is named", {
  skip,
}, async () => {
  const samples = join(models.folder, "samples.csv");
  writeFileSync(samples, "income,age,city\n20.5,41,Lima\n,39,Quito\n");
  const convert = async (out: string) =>
    models.convert("columns.joblib", "--allow-code", "--samples", samples, "--out", join(models.folder, out));
  const compared = await convert("compared");
  assert.match(compared.stderr, /samples {4}differs by at most \d\.\de-\d+ on 2 rows of/);
  writeFileSync(samples, "income,age,town\n20.5,41,Lima\n");
  const strange = await convert("strange");
  assert.match(strange.stderr, /row 1 of --samples has the column 'town', which the model has not/);
});

test("without --allow-code no pickle is opened, and with it none that calls what no model needs", {
  skip,
}, async () => {
  const refused = await models.convert("logistic.joblib", "--out", join(models.folder, "closed"));
  assert.match(refused.stderr, /never opened here/);
  assert.match(refused.stderr, /--allow-code/);
  const evil = await models.convert("evil.joblib", "--allow-code");
  assert.equal(evil.code, 1, evil.stderr);
  assert.match(evil.stderr, /was not opened: it names builtins\.exec/);
  assert.ok(!existsSync(join(models.folder, "attacked")));
});
