import { addAnswer, applyLink } from "../answers.ts";
import { type Converted, type ConvertOptions, columnsOf } from "../contract.ts";
import { ForestBuilder } from "../forest-builder.ts";
import { GraphBuilder } from "../graph.ts";
import { Edges } from "../sample-rows.ts";
import { type LgbModel, readLgbModel } from "./read-model.ts";
import { addEdges, addTree, leafOf } from "./tree.ts";

/**
 * A model of LightGBM 3.x or 4.x, saved as text, as ONNX; files of 2.x are read by the same rules.
 *
 * @throws PlatformError `invalid_argument` if the file is damaged, `unimplemented` if it cannot be converted.
 */
export function convertLightgbm(bytes: Uint8Array, { rounds }: ConvertOptions = {}): Converted {
  const whole = readLgbModel(bytes);
  const model =
    rounds === undefined ? whole : { ...whole, trees: whole.trees.slice(0, rounds * whole.groups) };
  const graph = new GraphBuilder();
  const outputs = addAnswer(graph, addForest(graph, model), model.groups, model);
  const [checked] = outputs.toReversed();
  const classes = model.isClassifier ? Math.max(2, model.groups) : 0;
  return {
    model: graph.model(model.features, outputs, "lightgbm", model.version),
    manifest: {
      description: `LightGBM, format ${model.version}, ${model.objective}`,
      columns: columnsOf(model.featureNames),
      labels: Array.from({ length: classes }, (_, i) => String(i)),
    },
    source: { format: "lightgbm", version: model.version, objective: model.objective },
    notes: notesOf(whole, model),
    features: model.features,
    reference: (rows) => referenceOf(model, rows),
    sample: (count, random) => edgesOf(model).rows(count, random),
    checkedOutput: { name: checked?.name ?? "", width: checked?.width ?? 1 },
  };
}

function notesOf(whole: LgbModel, used: LgbModel): string[] {
  const notes: string[] = [];
  const left = whole.trees.length - used.trees.length;
  if (left > 0) notes.push(`${left} of ${whole.trees.length} trees are left out`);
  for (const [i, categories] of whole.pandasCategories.entries()) {
    const first = categories.slice(0, 5).map((category, code) => `${code} = ${JSON.stringify(category)}`);
    notes.push(
      `category column ${i + 1} of the training data takes the numbers of its categories: ${first.join(", ")}`,
    );
  }
  return notes;
}

function addForest(graph: GraphBuilder, { trees, groups, isMean }: LgbModel): string {
  const forest = new ForestBuilder();
  for (const [i, tree] of trees.entries()) addTree(forest, tree, i % groups);
  const none = Array.from({ length: groups }, () => 0);
  const sum = graph.forest(forest.attributes(groups, none), isMean ? "sum" : "margins");
  if (!isMean) return sum;
  return graph.add("Div", [sum, graph.constant("rounds", [trees.length / groups])], "margins");
}

function referenceOf(
  { features, groups, trees, isMean, link, isClassifier }: LgbModel,
  rows: Float32Array,
): Float64Array {
  const count = rows.length / features;
  const isTwo = isClassifier && groups === 1;
  const width = isTwo ? 2 : groups;
  const answers = new Float64Array(count * width);
  for (let i = 0; i < count; i += 1) {
    const row = rows.subarray(i * features, (i + 1) * features);
    const margins = new Float64Array(groups);
    for (const [k, tree] of trees.entries()) {
      margins[k % groups] = (margins[k % groups] ?? 0) + leafOf(tree, row);
    }
    if (isMean) for (let k = 0; k < groups; k += 1) margins[k] = (margins[k] ?? 0) / (trees.length / groups);
    applyLink(margins, link);
    answers.set(isTwo ? [1 - (margins[0] ?? 0), margins[0] ?? 0] : margins, i * width);
  }
  return answers;
}

function edgesOf({ features, trees }: LgbModel): Edges {
  const edges = new Edges(features);
  for (const tree of trees) addEdges(edges, tree);
  return edges;
}
