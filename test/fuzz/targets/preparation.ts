import { readdirSync, readFileSync } from "node:fs";
import { parseManifest, type Signature, type TensorSpec } from "../../../src/model/index.ts";
import { createPreparation } from "../../../src/prepare/index.ts";
import { DTYPES } from "../../../src/tensor/index.ts";
import { mutate } from "../mutate.ts";
import type { Random } from "../random.ts";
import { type FuzzTarget, refusableLater } from "../target.ts";

const SEEDS = readdirSync("examples/models").map((model) =>
  readFileSync(`examples/models/${model}/model.json`),
);
const EVERY_STEP = Buffer.from(
  JSON.stringify({
    labels: ["a", "b"],
    inputPreparation: [{ name: "tokenize", parameters: { ids: "x", maxLength: 8 } }],
    outputPreparation: [{ name: "softmax" }, { name: "labels", parameters: { probabilities: "y" } }],
  }),
);
const SHAPES = [[], [-1], [-1, 1], [-1, 2], [-1, -1], [-1, 1, 28, 28], [1, 3, -1, -1], [2, -1, 128]];

/** Damaged manifests against signatures of any kind: compiled, or refused naming the step. */
export const preparationTarget: FuzzTarget = {
  name: "preparation",
  run: async (random) => {
    const seeds = [...SEEDS, EVERY_STEP];
    const text = Buffer.from(mutate(random.pick(seeds), random, random.pick(seeds))).toString("utf8");
    await refusableLater(async () => createPreparation(signature(random), parseManifest(text), files));
  },
};

const files = async (name: string) => Buffer.from(`a\nb\n${name}`);

function signature(random: Random): Signature {
  const specs = (names: readonly string[]) =>
    names.slice(0, 1 + random.below(names.length)).map((name) => spec(name, random));
  return { inputs: specs(["x", "state", "sr", "origin"]), outputs: specs(["y", "stateN", "label"]) };
}

function spec(name: string, random: Random): TensorSpec {
  const labels = random.below(3) === 0 ? { labels: ["a", "b"] } : {};
  return { name, dtype: random.pick(DTYPES), shape: random.pick(SHAPES), batchAxis: 0, ...labels };
}
