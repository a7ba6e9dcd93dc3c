import { readFileSync } from "node:fs";
import { convert, type Format, pickleRefusal } from "../../../src/convert/index.ts";
import { encodeModel } from "../../../src/onnx/index.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { type FuzzTarget, refusable } from "../target.ts";

const FOLDER = "test/artifacts/convert";
const read = (path: string) => readFileSync(`${FOLDER}/${path}`);

/** A damaged file is converted or refused; what is converted can be written, and answers rows. */
function target(name: string, format: Format, seeds: readonly Uint8Array[]): FuzzTarget {
  return {
    name,
    run(random: Random) {
      const bytes = mutate(random.pick(seeds), random, random.pick(seeds));
      const converted = refusable(() => convert(format, bytes));
      if (!converted) return;
      encodeModel(converted.model);
      if (converted.features > 0 && converted.features < 100) {
        converted.reference(converted.sample(2, (below) => random.below(below)));
      }
    },
  };
}

/** Damaged models of XGBoost in UBJSON. */
export const xgboostUbjTarget = target("xgboost-ubj", "xgboost", [
  read("xgboost/3.1.1/categorical.ubj"),
  read("xgboost/2.1.4/linear-three.ubj"),
]);
/** The same in JSON. */
export const xgboostJsonTarget = target("xgboost-json", "xgboost", [
  read("xgboost/1.7.6/categorical.json"),
  read("xgboost/1.7.6/dart.json"),
]);
/** Damaged models of LightGBM. */
export const lightgbmTarget = target("lightgbm", "lightgbm", [
  read("lightgbm/4.6.0/categorical.txt"),
  read("lightgbm/3.3.5/zero-as-missing.txt"),
]);

const PICKLES = ["evil.pkl", "logreg_pipe.p5.pkl", "logreg_pipe.joblib"].map((name) =>
  read(`pickle/${name}`),
);
/** Damaged pickles: each is told to be one, and never more. */
export const pickleTarget: FuzzTarget = {
  name: "pickle",
  run(random) {
    const { message } = pickleRefusal("x.pkl", mutate(random.pick(PICKLES), random, random.pick(PICKLES)));
    if (message.length > 2000) throw new Error(`a message of ${message.length} characters`);
  },
};
