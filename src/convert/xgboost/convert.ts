import { addAnswer, applyLink } from "../answers.ts";
import { type Converted, type ConvertOptions, columnsOf } from "../contract.ts";
import { ForestBuilder } from "../forest-builder.ts";
import { GraphBuilder, INPUT } from "../graph.ts";
import { Edges } from "../sample-rows.ts";
import { isUbjson, readXgbModel, type XgbModel } from "./read-model.ts";
import { addEdges, addTree, leafOf, type XgbTree } from "./tree.ts";

/** A tree and the output that it adds to. */
interface Used {
  readonly tree: XgbTree;
  readonly group: number;
}

/**
 * A model of XGBoost 1.7, 2.x or 3.x, saved as JSON or UBJSON, as ONNX.
 *
 * @throws PlatformError `invalid_argument` if the file is damaged, `unimplemented` if it cannot be converted.
 */
export function convertXgboost(bytes: Uint8Array, options: ConvertOptions = {}): Converted {
  const model = readXgbModel(bytes);
  const { used, notes } = treesUsed(model, options);
  const graph = new GraphBuilder();
  const margins =
    model.booster.kind === "linear"
      ? addLinear(graph, model, model.booster.weights)
      : addForest(graph, model, used);
  const isClassifier = model.objective.answer !== "value";
  const { link } = model.objective;
  const outputs = addAnswer(graph, margins, model.groups, { link: { kind: link }, isClassifier });
  const [checked] = outputs.toReversed();
  const classes = isClassifier ? Math.max(2, model.groups) : 0;
  return {
    model: graph.model(model.features, outputs, "xgboost", model.version),
    manifest: {
      description: `XGBoost ${model.version}, ${model.objectiveName}`,
      columns: columnsOf(model.featureNames),
      labels: Array.from({ length: classes }, (_, i) => String(i)),
    },
    source: {
      format: isUbjson(bytes) ? "xgboost-ubj" : "xgboost-json",
      version: model.version,
      objective: model.objectiveName,
    },
    notes,
    features: model.features,
    reference: (rows) => referenceOf(model, used, rows),
    sample: (count, random) => edgesOf(model, used).rows(count, random),
    checkedOutput: { name: checked?.name ?? "", width: checked?.width ?? 1 },
  };
}

/** The trees of the rounds that count. */
function treesUsed(
  { booster, bestIteration, isFromSklearn, treesPerRound }: XgbModel,
  { rounds }: ConvertOptions,
) {
  if (booster.kind === "linear") return { used: [], notes: [] };
  const all = booster.trees.map((tree, i) => ({ tree, group: booster.groupOf[i] ?? 0 }));
  const best = bestIteration === undefined ? undefined : bestIteration + 1;
  const wanted = rounds ?? (isFromSklearn ? best : undefined);
  const used = wanted === undefined ? all : all.slice(0, wanted * treesPerRound);
  const notes: string[] = [];
  if (used.length < all.length) {
    notes.push(
      `the trees of ${wanted} rounds are used, and ${all.length - used.length} of ${all.length} trees left out`,
    );
  } else if (best !== undefined && rounds === undefined && best * treesPerRound < all.length) {
    notes.push(`training was stopped early after ${best} good rounds, and the trees of all rounds are used`);
  }
  return { used, notes };
}

function addForest(graph: GraphBuilder, { groups, base }: XgbModel, used: readonly Used[]): string {
  const forest = new ForestBuilder();
  for (const { tree, group } of used) addTree(forest, tree, group);
  // An ensemble without trees is none to the engine: one that adds nothing stands for it.
  if (used.length === 0) {
    forest.beginTree();
    forest.leaf(0, 0);
  }
  return graph.forest(forest.attributes(groups, base), "margins");
}

/** The weights of a feature stand together, those of the bias last; what is missing counts as 0. */
function addLinear(
  graph: GraphBuilder,
  { features, groups, base }: XgbModel,
  weights: ArrayLike<number>,
): string {
  const all = Array.from(weights);
  const bias = base.map((value, group) => value + (all[features * groups + group] ?? 0));
  const isMissing = graph.add("IsNaN", [INPUT], "is-missing");
  const filled = graph.add("Where", [isMissing, graph.constant("nothing", [0]), INPUT], "filled");
  const matrix = graph.constant("weights", all.slice(0, features * groups), [features, groups]);
  const product = graph.add("MatMul", [filled, matrix], "product");
  return graph.add("Add", [product, graph.constant("bias", bias, [groups])], "margins");
}

function referenceOf(model: XgbModel, used: readonly Used[], rows: Float32Array): Float64Array {
  const { features, groups, base, booster, objective } = model;
  const count = features === 0 ? 0 : rows.length / features;
  const isTwo = objective.answer !== "value" && groups === 1;
  const width = isTwo ? 2 : groups;
  const answers = new Float64Array(count * width);
  for (let i = 0; i < count; i += 1) {
    const row = rows.subarray(i * features, (i + 1) * features);
    const margins = Float64Array.from(base);
    for (const { tree, group } of used) margins[group] = (margins[group] ?? 0) + leafOf(tree, row);
    if (booster.kind === "linear") addWeights(margins, row, booster.weights);
    applyLink(margins, { kind: objective.link });
    answers.set(isTwo ? [1 - (margins[0] ?? 0), margins[0] ?? 0] : margins, i * width);
  }
  return answers;
}

function addWeights(margins: Float64Array, row: Float32Array, weights: ArrayLike<number>): void {
  const groups = margins.length;
  for (let group = 0; group < groups; group += 1) {
    let sum = weights[row.length * groups + group] ?? 0;
    for (let k = 0; k < row.length; k += 1) {
      const value = row[k] ?? 0;
      if (!Number.isNaN(value)) sum += value * (weights[k * groups + group] ?? 0);
    }
    margins[group] = (margins[group] ?? 0) + sum;
  }
}

function edgesOf({ features }: XgbModel, used: readonly Used[]): Edges {
  const edges = new Edges(features);
  for (const { tree } of used) addEdges(edges, tree);
  return edges;
}
