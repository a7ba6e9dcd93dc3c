import type { Link } from "../answers.ts";
import { cannotConvert, damaged } from "../refusal.ts";
import { linesOf, Section } from "./lines.ts";
import { type LgbTree, readTree } from "./tree.ts";

/** A model of LightGBM as its file says it. */
export interface LgbModel {
  /** Of the format: "v3" or "v4". */
  readonly version: string;
  readonly objective: string;
  readonly link: Link;
  readonly isClassifier: boolean;
  readonly features: number;
  readonly featureNames: readonly string[];
  /** Trees of one round: the classes, or 1. */
  readonly groups: number;
  readonly trees: readonly LgbTree[];
  /** Random forests: the mean of the rounds, and not their sum. */
  readonly isMean: boolean;
  /** Columns that pandas had as categories, in the order of their features. */
  readonly pandasCategories: readonly (readonly unknown[])[];
}

const VERSIONS = new Set(["v2", "v3", "v4"]);

/** @throws PlatformError `invalid_argument` if it is damaged, `unimplemented` if it cannot be converted. */
export function readLgbModel(bytes: Uint8Array): LgbModel {
  const { head, trees: sections, pandas } = sectionsOf(bytes);
  const version = head.text("version");
  if (!VERSIONS.has(version)) {
    throw cannotConvert(`its format is ${version.slice(0, 20)}`, "version", "v3 and v4 are known");
  }
  const features = head.count("max_feature_idx") + 1;
  const groups = head.count("num_tree_per_iteration", 1);
  const objective = head.has("objective") ? head.text("objective") : "";
  const featureNames = head.text("feature_names").split(" ");
  if (featureNames.length !== features) {
    throw damaged("feature_names", `${featureNames.length} names`, `${features}`);
  }
  const trees = sections.map((section) => readTree(section, features));
  if (trees.length === 0 || trees.length % groups !== 0) {
    throw damaged("trees", `${trees.length}`, `a multiple of ${groups}`);
  }
  const [name = "", ...parameters] = objective.split(" ");
  return {
    version,
    objective: name,
    ...meaningOf(name, parameters),
    features,
    featureNames,
    groups,
    trees,
    isMean: head.has("average_output"),
    pandasCategories: pandas,
  };
}

function sectionsOf(bytes: Uint8Array) {
  const head = new Section("header");
  const trees: Section[] = [];
  let pandas: readonly (readonly unknown[])[] = [];
  let current: Section | undefined = head;
  let isFirst = true;
  for (const line of linesOf(bytes)) {
    if (isFirst && line !== "tree") throw damaged("first line", line.slice(0, 40), "tree");
    isFirst = false;
    if (line.startsWith("Tree=")) trees.push((current = new Section(`tree ${line.slice(5, 20)}`)));
    else if (line === "end of trees") current = undefined;
    else if (line.startsWith("pandas_categorical:")) {
      pandas = pandasOf(line.slice("pandas_categorical:".length));
    } else if (line !== "") current?.add(line);
  }
  if (current !== undefined) throw damaged("end of trees", "missing", "a whole file");
  return { head, trees, pandas };
}

function pandasOf(text: string): readonly (readonly unknown[])[] {
  try {
    const lists: unknown = JSON.parse(text);
    return Array.isArray(lists) ? lists.filter(Array.isArray) : [];
  } catch {
    throw damaged("pandas_categorical", text, "a list of lists");
  }
}

/** Source: microsoft/LightGBM, src/objective: `ConvertOutput` of each. */
function meaningOf(name: string, parameters: readonly string[]): { link: Link; isClassifier: boolean } {
  const slope = Number(parameters.find((one) => one.startsWith("sigmoid:"))?.slice("sigmoid:".length) ?? 1);
  if (!(slope > 0)) throw damaged("objective sigmoid", String(slope), "a number above 0");
  const kind = name.startsWith("regression") && parameters.includes("sqrt") ? "square" : VALUES.get(name);
  if (kind) return { link: { kind }, isClassifier: false };
  const ofClasses = CLASSES.get(name);
  if (ofClasses) return { link: { kind: ofClasses, slope }, isClassifier: true };
  throw cannotConvert(
    `its objective is ${name === "" ? "one of the user's own" : name.slice(0, 60)}, whose meaning this converter does not know`,
    "objective",
  );
}

/** Of what answers a number. */
const VALUES = new Map<string, Link["kind"]>([
  ["regression", "identity"],
  ["regression_l2", "identity"],
  ["regression_l1", "identity"],
  ["huber", "identity"],
  ["fair", "identity"],
  ["quantile", "identity"],
  ["mape", "identity"],
  ["lambdarank", "identity"],
  ["rank_xendcg", "identity"],
  ["poisson", "exp"],
  ["gamma", "exp"],
  ["tweedie", "exp"],
  ["cross_entropy", "sigmoid"],
  ["xentropy", "sigmoid"],
  ["cross_entropy_lambda", "softplus"],
  ["xentlambda", "softplus"],
]);

/** Of what answers classes. */
const CLASSES = new Map<string, Link["kind"]>([
  ["binary", "sigmoid"],
  ["multiclass", "softmax"],
  ["multiclassova", "one-against-all"],
]);
