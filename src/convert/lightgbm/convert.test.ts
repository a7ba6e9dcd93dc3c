import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  errorAtEdges,
  largestError,
  readGolden,
  rowsOf,
  runConverted,
} from "../../../test/kit/golden-model.ts";
import { convertLightgbm } from "./convert.ts";

const FOLDER = "test/artifacts/convert/lightgbm";
/** LightGBM sums in float64, the engine in float32. */
const TOLERANCE = 3e-6;

for (const path of globSync(`${FOLDER}/*/*.txt`).toSorted()) {
  test(`${path.slice(FOLDER.length + 1)} predicts what LightGBM did`, async (t) => {
    const golden = readGolden(path.replace(/\.txt$/, ".golden.json"));
    const converted = convertLightgbm(readFileSync(path));
    assert.equal(converted.source.objective, golden.objective);
    const { prediction, probabilities = [] } = await runConverted(converted, rowsOf(golden));
    const isBinary = probabilities.length === 2 * golden.predictions.length;
    const got = prediction ?? (isBinary ? probabilities.filter((_, i) => i % 2 === 1) : probabilities);
    const error = largestError(got, golden.predictions);
    t.diagnostic(`error ${error.toExponential(1)}`);
    assert.ok(error <= TOLERANCE, String(error));
    const own = await errorAtEdges(converted);
    assert.ok(own <= TOLERANCE, `${own} beside the model's own edges`);
  });
}
