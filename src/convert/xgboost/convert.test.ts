import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  errorAtEdges,
  type Golden,
  largestError,
  readGolden,
  rowsOf,
  runConverted,
} from "../../../test/kit/golden-model.ts";
import { convertXgboost } from "./convert.ts";

const FOLDER = "test/artifacts/convert/xgboost";
/** Sums of float32 in another order. */
const TOLERANCE = 3e-6;
const files = globSync(`${FOLDER}/*/*.{json,ubj}`).filter((path) => !path.endsWith(".golden.json"));

/** The values of the outputs that stand for what the library's own predict gives. */
function predictionsIn(
  outputs: Readonly<Record<string, readonly number[]>>,
  golden: Golden,
): readonly number[] {
  const { prediction, label = [], probabilities = [] } = outputs;
  if (prediction) return prediction;
  if (golden.predictions.length === probabilities.length) return probabilities;
  // softmax tells the class; logistic the probability of the second.
  return golden.objective === "multi:softmax" ? label : probabilities.filter((_, i) => i % 2 === 1);
}

for (const path of files.toSorted()) {
  test(`${path.slice(FOLDER.length + 1)} predicts what XGBoost did`, async (t) => {
    const golden = readGolden(path.replace(/\.\w+$/, ".golden.json"));
    const converted = convertXgboost(readFileSync(path));
    assert.equal(converted.source.version, golden.version.replace(/^(\d+\.\d+\.\d+).*/, "$1"));
    assert.equal(converted.source.objective, golden.objective);
    const error = largestError(
      predictionsIn(await runConverted(converted, rowsOf(golden)), golden),
      golden.predictions,
    );
    t.diagnostic(`error ${error.toExponential(1)}`);
    assert.ok(error <= TOLERANCE, String(error));
    const own = await errorAtEdges(converted);
    assert.ok(own <= TOLERANCE, `${own} beside the model's own edges`);
  });
}
