import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PYTHON_LIBRARIES } from "../../../src/convert/index.ts";
import { needs, wanted } from "../../kit/require.ts";
import { type TrainedModels, trainModels } from "../../kit/trained-models.ts";

const skip =
  needs("python") ||
  wanted("pytorch", "its packages are 3 GB on Linux, and what builds without a graphics card is no smaller");
let models: TrainedModels;

before(async () => {
  if (skip) return;
  models = await trainModels(new URL("train.py", import.meta.url), PYTHON_LIBRARIES.torch.requirements());
});
after(() => models?.remove());

const samples = (name: string) => ["--allow-code", "--samples", join(models.folder, name)];
const elsewhere = (name: string) => ["--out", join(models.folder, name)];

test("programs of torch.export and TorchScript are converted, and served they answer as PyTorch does", {
  skip,
}, async (t) => {
  for (const { file } of Object.values(models.told)) {
    const more = file.endsWith(".pt") ? samples("rows.npy") : ["--allow-code"];
    const { code, stderr } = await models.convert(file, ...more);
    assert.equal(code, 0, `${file}: ${stderr}`);
    assert.match(stderr, /read {7}PyTorch 2\.\d+\.\d+, (?:torch\.export|TorchScript), \w+ \[/);
  }
  for (const [name, error] of Object.entries(await models.differences())) {
    t.diagnostic(`${name}: ${error.toExponential(0)}`);
    assert.ok(error < 1e-5, `${name}: ${error}`);
  }
});

test("rows of the user's own are compared as well, as many as the program takes at once", {
  skip,
}, async () => {
  const program = await models.convert("perceptron.pt2", ...samples("rows.npy"), ...elsewhere("compared"));
  assert.match(program.stderr, /samples {4}differs by at most \d\.\de[+-]\d+ on 5 rows of/);
  const odd = await models.convert("fixed.pt2", ...samples("three.npy"), ...elsewhere("odd"));
  assert.match(odd.stderr, /--samples has 3 rows, expected a multiple of the 2/);
});

test("what has no module, does not say what it takes, or has no form in ONNX is refused by that", {
  skip,
}, async () => {
  const closed = await models.convert("perceptron.pt2", ...elsewhere("closed"));
  assert.match(closed.stderr, /opening it runs what is in it[\s\S]*--allow-code/);
  const weights = await models.convert("weights.pt", "--allow-code");
  assert.match(
    weights.stderr,
    /weights of PyTorch \(a state_dict\): it has no module[\s\S]*torch\.export\.save/,
  );
  const pickled = await models.convert("pickled.pt", "--allow-code");
  assert.match(pickled.stderr, /names __main__\.Tagger: the code of its module is not in it/);
  const shapeless = await models.convert("traced.pt", "--allow-code", ...elsewhere("shapeless"));
  assert.match(shapeless.stderr, /does not say what it takes: give rows by --samples/);
  const unknown = await models.convert("unknown.pt2", "--allow-code");
  assert.match(unknown.stderr, /cannot be converted: .*aten\.linalg_eig[\s\S]*handler\.py/);
});
