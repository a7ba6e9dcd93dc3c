import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PYTHON_LIBRARIES } from "../../../src/convert/index.ts";
import { needs, wanted } from "../../kit/require.ts";
import { type TrainedModels, trainModels } from "../../kit/trained-models.ts";

const skip = needs("python") || wanted("tensorflow", "TensorFlow takes minutes to install");
let models: TrainedModels;

before(async () => {
  if (skip) return;
  models = await trainModels(
    new URL("train.py", import.meta.url),
    PYTHON_LIBRARIES.tensorflow.requirements(),
  );
});
after(() => models?.remove());

const elsewhere = (name: string) => ["--out", join(models.folder, name)];

test("models of Keras and folders of SavedModel are converted, and served they answer as TensorFlow does", {
  skip,
}, async (t) => {
  for (const [file, { code, stderr }] of await models.convertAll("--allow-code")) {
    assert.equal(code, 0, `${file}: ${stderr}`);
    assert.match(stderr, /read {7}TensorFlow 2\.21\.0, (?:Keras|SavedModel), \w+ \[-1, /);
  }
  for (const [name, error] of Object.entries(await models.differences())) {
    t.diagnostic(`${name}: ${error.toExponential(0)}`);
    assert.ok(error < 1e-5, `${name}: ${error}`);
  }
});

test("rows of the user's own are compared as well, whatever a model is called", { skip }, async () => {
  renameSync(join(models.folder, "words.keras"), join(models.folder, "words.bin"));
  const samples = ["--samples", join(models.folder, "tokens.npy")];
  const { stderr } = await models.convert("words.bin", "--allow-code", ...samples, ...elsewhere("compared"));
  assert.match(stderr, /samples {4}differs by at most \d\.\de[+-]\d+ on 5 rows of/);
});

test("layers of Python code, weights without a model, and operators without a form are refused by name", {
  skip,
}, async () => {
  const closed = await models.convert("plain", ...elsewhere("closed"));
  assert.match(
    closed.stderr,
    /plain is a model of TensorFlow, and opening it runs what is in it[\s\S]*--allow-code/,
  );
  const files = ["code.keras", "code.h5", "only.weights.h5", "strange"];
  const ran = await Promise.all(
    files.map(async (file, at) => models.convert(file, "--allow-code", ...elsewhere(`refused-${at}`))),
  );
  const [keras, older, weights, strange] = ran.map(({ stderr }) => stderr);
  assert.match(keras ?? "", /Lambda/);
  assert.match(older ?? "", /Lambda/);
  assert.match(weights ?? "", /No model config found/);
  assert.match(strange ?? "", /tf2onnx has no form for BesselI0e[\s\S]*handler\.py/);
});
