import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PYTHON_LIBRARIES } from "../../../src/convert/index.ts";
import { needs } from "../../kit/require.ts";
import { type TrainedModels, trainModels } from "../../kit/trained-models.ts";

const skip = needs("python");
let models: TrainedModels;

before(async () => {
  if (skip) return;
  models = await trainModels(new URL("train.py", import.meta.url), PYTHON_LIBRARIES.catboost.requirements());
});
after(() => models?.remove());

test("models that CatBoost saved are converted, and served they answer as it does", { skip }, async (t) => {
  for (const [file, { code, stderr }] of await models.convertAll()) {
    assert.equal(code, 0, `${file}: ${stderr}`);
    assert.match(stderr, /read {7}CatBoost 1\.2\.10, \w+, 4 columns/);
  }
  for (const [name, error] of Object.entries(await models.differences())) {
    t.diagnostic(`${name}: ${error.toExponential(0)}`);
    assert.ok(error < 1e-5, `${name}: ${error}`);
  }
});

test("what CatBoost cannot export is refused by name, with the way by Python", { skip }, async () => {
  const categories = await models.convert("categories.cbm");
  assert.equal(categories.code, 1, categories.stderr);
  assert.match(categories.stderr, /CatBoost exports no categories to ONNX, which it reads in 0/);
  assert.match(categories.stderr, /handler\.py/);
  const lossguide = await models.convert("lossguide.cbm");
  assert.match(lossguide.stderr, /symmetric trees only, and its grow_policy is Lossguide/);
  const targets = await models.convert("two-targets.cbm");
  assert.match(targets.stderr, /no form for what its loss MultiRMSE answers/);
  writeFileSync(
    join(models.folder, "damaged.cbm"),
    readFileSync(join(models.folder, "rmse.cbm")).subarray(0, 900),
  );
  const damaged = await models.convert("damaged.cbm");
  assert.equal(damaged.code, 1, damaged.stderr);
  assert.match(damaged.stderr, /error: .*damaged|cannot be converted/);
});

test("an array of numpy with the user's rows is compared as well, and one of another width is refused", {
  skip,
}, async () => {
  const samples = join(models.folder, "samples.npy");
  const out = (name: string) => ["--out", join(models.folder, name), "--samples", samples];
  const { stderr } = await models.convert("rmse.cbm", ...out("compared"));
  assert.match(stderr, /samples {4}differs by at most \d\.\de[+-]\d+ on 7 rows of/);
  const { origin } = JSON.parse(readFileSync(join(models.folder, "compared", "model.json"), "utf8")) as {
    origin: string;
  };
  assert.match(origin, /on 256 rows, by at most \d\.\de[+-]\d+ on 7 given rows$/);
  const wide = Buffer.from(readFileSync(samples).toString("latin1").replace("(7, 4)", "(4, 7)"), "latin1");
  writeFileSync(samples, wide);
  const refused = await models.convert("rmse.cbm", ...out("refused"));
  assert.match(refused.stderr, /--samples has the shape \(4, 7\), expected \(rows, 4\)/);
});
