import { readFileSync } from "node:fs";
import { parseManifest } from "../../../src/model/index.ts";
import { mutate } from "../mutate.ts";
import { type FuzzTarget, refusable } from "../target.ts";

const SEEDS = ["churn", "fashion", "ocr", "voice-activity"].map((model) =>
  readFileSync(`examples/models/${model}/model.json`),
);

/** Damaged manifests: read, or refused with their wrong fields. */
export const manifestTarget: FuzzTarget = {
  name: "manifest",
  run(random) {
    const text = Buffer.from(mutate(random.pick(SEEDS), random, random.pick(SEEDS))).toString("utf8");
    refusable(() => parseManifest(text));
  },
};
