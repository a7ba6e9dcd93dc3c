import type { Fields } from "../fields.ts";
import type { ForestBuilder } from "../forest-builder.ts";
import { cannotConvert, damaged } from "../refusal.ts";
import type { Edges } from "../sample-rows.ts";

/** One tree: nodes by number, the root first. */
export interface XgbTree {
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  readonly feature: ArrayLike<number>;
  /** Threshold of a branch, value of a leaf. */
  readonly condition: ArrayLike<number>;
  readonly defaultLeft: ArrayLike<number>;
  /** Categories that go right, by node; nodes that are not here compare numbers. */
  readonly categories: ReadonlyMap<number, readonly number[]>;
  /** What dart multiplies its leaves with. */
  readonly scale: number;
}

const LEAF = -1;
/** XGBoost takes no category from here on: a float would no longer tell it from its neighbour. */
const MAX_CATEGORY = 2 ** 24;

/** @throws PlatformError `invalid_argument` unless it is a tree: each node but the root has one parent. */
export function readTree(tree: Fields, features: number): XgbTree {
  const params = tree.object("tree_param");
  const nodes = params.count("num_nodes", 1);
  if (params.has("size_leaf_vector") && params.count("size_leaf_vector") > 1) {
    throw cannotConvert(
      "its trees have vectors for leaves (multi_strategy=multi_output_tree)",
      `${tree.path}.tree_param`,
      "train with multi_strategy=one_output_per_tree",
    );
  }
  const [left, right] = [tree.numbers("left_children", nodes), tree.numbers("right_children", nodes)];
  const feature = tree.numbers("split_indices", nodes);
  checkIsTree({ left, right, feature }, nodes, features, tree.path);
  return {
    left,
    right,
    feature,
    condition: tree.numbers("split_conditions", nodes),
    defaultLeft: tree.numbers("default_left", nodes),
    categories: categoriesOf(tree, nodes),
    scale: 1,
  };
}

type Shape = Pick<XgbTree, "left" | "right" | "feature">;

function checkIsTree(shape: Shape, nodes: number, features: number, path: string): void {
  const seen = new Uint8Array(nodes);
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen[node]) throw damaged(path, `a node ${node} with two parents`, "a tree");
    seen[node] = 1;
    if (shape.left[node] !== LEAF) open.push(...childrenOf(shape, node, features, path));
  }
}

/** Both children of a branch, once it is sure that they and its feature are there. */
function childrenOf({ left, right, feature }: Shape, node: number, features: number, path: string): number[] {
  const at = feature[node] ?? -1;
  if (!isIndex(at, features)) throw damaged(path, `a split on feature ${at}`, `0 to ${features - 1}`);
  const children = [left[node] ?? -1, right[node] ?? -1];
  const wrong = children.find((child) => child === 0 || !isIndex(child, left.length));
  if (wrong === undefined) return children;
  throw damaged(path, `the child ${wrong} of node ${node}`, `1 to ${left.length - 1}`);
}

const isIndex = (value: number, length: number) => Number.isInteger(value) && value >= 0 && value < length;

function categoriesOf(tree: Fields, nodes: number): Map<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  if (!tree.has("categories_nodes")) return found;
  const at = tree.numbers("categories_nodes");
  const segments = tree.numbers("categories_segments", at.length);
  const sizes = tree.numbers("categories_sizes", at.length);
  const categories = tree.numbers("categories");
  for (let i = 0; i < at.length; i += 1) {
    const [node = -1, from = 0, size = 0] = [at[i], segments[i], sizes[i]];
    const isWhole = [node, from, size].every((value) => Number.isInteger(value) && value >= 0);
    if (!isWhole || node >= nodes || from + size > categories.length) {
      throw damaged(
        `${tree.path}.categories_nodes[${i}]`,
        `${node}, ${from}, ${size}`,
        "a node and its categories",
      );
    }
    const chosen = Array.from({ length: size }, (_, k) => categories[from + k] ?? 0);
    if (chosen.some((category) => !Number.isInteger(category) || category < 0 || category >= MAX_CATEGORY)) {
      throw damaged(`${tree.path}.categories`, chosen.join(), "whole numbers from 0");
    }
    found.set(node, chosen);
  }
  return found;
}

/** Adds a tree to the forest. */
export function addTree(forest: ForestBuilder, tree: XgbTree, group: number): void {
  forest.beginTree();
  const ids = new Map<number, number>();
  // Parents come before their children, so a branch is linked once both sides have their numbers.
  const open = [0];
  const links: (() => void)[] = [];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const [left, right] = [tree.left[node] ?? LEAF, tree.right[node] ?? LEAF];
    if (left === LEAF) {
      ids.set(node, forest.leaf(group, Math.fround((tree.condition[node] ?? 0) * tree.scale)));
      continue;
    }
    open.push(right, left);
    const feature = tree.feature[node] ?? 0;
    const isLeft = Boolean(tree.defaultLeft[node]);
    const chosen = tree.categories.get(node);
    if (!chosen) {
      const id = forest.branch({
        mode: "BRANCH_LT",
        feature,
        value: tree.condition[node] ?? 0,
        missingYes: isLeft,
      });
      ids.set(node, id);
      links.push(() => forest.link(id, ids.get(left) ?? 0, ids.get(right) ?? 0));
      continue;
    }
    // One question for each category of the right side, the last "no" leads left.
    const chain = (chosen.length === 0 ? [-1] : chosen).map((value) =>
      forest.branch({ mode: "BRANCH_EQ", feature, value, missingYes: !isLeft }),
    );
    ids.set(node, chain[0] ?? 0);
    links.push(() => {
      for (const [k, id] of chain.entries()) {
        forest.link(id, ids.get(right) ?? 0, chain[k + 1] ?? ids.get(left) ?? 0);
      }
    });
  }
  for (const link of links) link();
}

/** Tells the edges of a tree's decisions. */
export function addEdges(edges: Edges, tree: XgbTree): void {
  for (let node = 0; node < tree.left.length; node += 1) {
    if (tree.left[node] === LEAF) continue;
    const feature = tree.feature[node] ?? 0;
    const chosen = tree.categories.get(node);
    if (chosen) edges.categories(feature, chosen);
    else edges.number(feature, tree.condition[node] ?? 0);
  }
}

/** The leaf of a row, as XGBoost finds it. */
export function leafOf(tree: XgbTree, row: Float32Array): number {
  let node = 0;
  for (;;) {
    const left = tree.left[node] ?? LEAF;
    if (left === LEAF) return (tree.condition[node] ?? 0) * tree.scale;
    node = goesLeft(tree, node, row[tree.feature[node] ?? 0] ?? Number.NaN) ? left : (tree.right[node] ?? 0);
  }
}

function goesLeft(tree: XgbTree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return Boolean(tree.defaultLeft[node]);
  const chosen = tree.categories.get(node);
  if (!chosen) return value < Math.fround(tree.condition[node] ?? 0);
  return value < 0 || value >= MAX_CATEGORY || !chosen.includes(Math.trunc(value));
}
