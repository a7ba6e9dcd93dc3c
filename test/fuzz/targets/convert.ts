import { readFileSync } from "node:fs";
import { archiveKind, convert, type Format, pickleRefusal } from "../../../src/convert/index.ts";
import { encodeModel } from "../../../src/onnx/index.ts";
import { zipOf } from "../../kit/zip.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { type FuzzTarget, refusable, refusableLater } from "../target.ts";

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

const ARCHIVES = [
  zipOf({ "m/models/model.json": "{}", "m/archive_format": "pt2", "m/data/weights/weight_0": "abcd" }),
  zipOf({ "m/data.pkl": read("pickle/evil.pkl"), "m/version": "3" }),
  zipOf({ "config.json": "{}", "model.weights.h5": "abcd", "metadata.json": "{}" }),
];
/** Damaged archives: told by what is in them, or refused. */
export const archiveTarget: FuzzTarget = {
  name: "archive",
  async run(random) {
    const file = mutate(random.pick(ARCHIVES), random, random.pick(ARCHIVES));
    const source = {
      size: file.length,
      read: async (at: number, length: number) => file.subarray(at, at + length),
    };
    await refusableLater(async () => archiveKind("model.zip", source));
  },
};
