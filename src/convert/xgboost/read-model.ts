import { parseJson } from "../../base/index.ts";
import { Fields } from "../fields.ts";
import { cannotConvert, damaged } from "../refusal.ts";
import { type Objective, objectiveOf } from "./objectives.ts";
import { readTree, type XgbTree } from "./tree.ts";
import { readUbjson } from "./ubjson.ts";

/** A model of XGBoost as its file says it. */
export interface XgbModel {
  readonly version: string;
  readonly objectiveName: string;
  readonly objective: Objective;
  readonly features: number;
  readonly featureNames: readonly string[];
  /** Outputs of the sum: classes, targets or quantiles. */
  readonly groups: number;
  /** Classes that the trees are for; 0 for a regression. */
  readonly classes: number;
  /** Before the link, one for each group. */
  readonly base: readonly number[];
  readonly booster: Booster;
  /** Number of the last good round, where training was stopped early. */
  readonly bestIteration: number | undefined;
  /** Whether scikit-learn's interface wrote it, which predicts with the best round on its own. */
  readonly isFromSklearn: boolean;
  /** Trees of one round. */
  readonly treesPerRound: number;
}

export type Booster =
  | { readonly kind: "trees"; readonly trees: readonly XgbTree[]; readonly groupOf: ArrayLike<number> }
  | { readonly kind: "linear"; readonly weights: ArrayLike<number> };

/** Classes or targets. */
const MAX_GROUPS = 100_000;

/** Whether the file is UBJSON: JSON has a quote, or space, where it has the length of a key. */
export const isUbjson = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x7b && /[iUIlL#$]/.test(String.fromCharCode(bytes[1] ?? 0));

/** @throws PlatformError `invalid_argument` if it is damaged, `unimplemented` if it cannot be converted. */
export function readXgbModel(bytes: Uint8Array): XgbModel {
  const parsed = isUbjson(bytes) ? readUbjson(bytes) : parseJson(bytes, { nonFinite: true });
  const file = new Fields(parsed, "");
  const learner = file.object("learner");
  const params = learner.object("learner_model_param");
  const objectiveName = learner.object("objective").text("name");
  const objective = objectiveOf(objectiveName);
  const classes = params.has("num_class") ? params.count("num_class", 0, MAX_GROUPS) : 0;
  const targets = params.has("num_target") ? params.count("num_target", 0, MAX_GROUPS) : 1;
  const features = params.count("num_feature", 0, 1_000_000);
  const groups = Math.max(1, classes, targets);
  const attributes = learner.has("attributes") ? learner.object("attributes") : undefined;
  const booster = learner.object("gradient_booster");
  const treesPerRound = groups * parallelTrees(booster);
  return {
    version: file.has("version") ? Array.from(file.numbers("version")).join(".") : "",
    objectiveName,
    objective,
    features,
    featureNames: namesOf(learner, features),
    groups,
    classes,
    base: baseOf(params, groups, booster.text("name")).map(objective.base),
    booster: boosterOf(booster, { features, groups }),
    bestIteration: attributes?.has("best_iteration") ? attributes.count("best_iteration") : undefined,
    isFromSklearn: attributes?.has("scikit_learn") ?? false,
    treesPerRound,
  };
}

function namesOf(learner: Fields, features: number): readonly string[] {
  const names = learner.texts("feature_names");
  if (names.length === 0) return Array.from({ length: features }, (_, i) => `f${i}`);
  if (names.length === features && new Set(names).size === features) return names;
  throw damaged("learner.feature_names", `${names.length} names`, `${features} different ones`);
}

/** A number, or since 3.0 a list as text, of which a linear booster uses the first alone (seen of 3.1.1). */
function baseOf(params: Fields, groups: number, booster: string): number[] {
  const text = params.text("base_score");
  const scores = text
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map(Number);
  if (scores.length === 0 || scores.some((score) => !Number.isFinite(score))) {
    throw damaged(`${params.path}.base_score`, text, "numbers");
  }
  if (scores.length === 1 || booster === "gblinear") {
    return Array.from({ length: groups }, () => scores[0] ?? 0);
  }
  if (scores.length === groups) return scores;
  throw damaged(`${params.path}.base_score`, `${scores.length} numbers`, `1 or ${groups}`);
}

/** Random forests have several trees for each group and round. */
function parallelTrees(booster: Fields): number {
  const model = booster.has("gbtree")
    ? booster.object("gbtree").object("model")
    : booster.has("model")
      ? booster.object("model")
      : undefined;
  const params = model?.has("gbtree_model_param") ? model.object("gbtree_model_param") : undefined;
  return params?.has("num_parallel_tree") ? Math.max(1, params.count("num_parallel_tree")) : 1;
}

function boosterOf(booster: Fields, size: { features: number; groups: number }): Booster {
  const name = booster.text("name");
  if (name === "gbtree") return treesOf(booster.object("model"), size);
  if (name === "dart") {
    const { trees, groupOf } = treesOf(booster.object("gbtree").object("model"), size);
    const drop = booster.numbers("weight_drop", trees.length);
    return { kind: "trees", groupOf, trees: trees.map((tree, i) => ({ ...tree, scale: drop[i] ?? 1 })) };
  }
  if (name === "gblinear") {
    const weights = booster.object("model").numbers("weights", (size.features + 1) * size.groups);
    return { kind: "linear", weights };
  }
  throw cannotConvert(`its booster is ${name.slice(0, 40)}`, "learner.gradient_booster.name");
}

function treesOf(model: Fields, { features, groups }: { features: number; groups: number }) {
  const trees = model.objects("trees").map((tree) => readTree(tree, features));
  const groupOf = model.numbers("tree_info", trees.length);
  for (let i = 0; i < trees.length; i += 1) {
    const group = groupOf[i] ?? -1;
    if (!Number.isInteger(group) || group < 0 || group >= groups) {
      throw damaged(`${model.path}.tree_info[${i}]`, String(group), `0 to ${groups - 1}`);
    }
  }
  return { kind: "trees" as const, trees, groupOf };
}
