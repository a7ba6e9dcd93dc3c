import type { ForestBuilder } from "../forest-builder.ts";
import { cannotConvert, damaged } from "../refusal.ts";
import { type Edges, nextFloat } from "../sample-rows.ts";
import type { Section } from "./lines.ts";

/** One tree: branches by number, leaves as the complement of theirs. */
export interface LgbTree {
  readonly feature: ArrayLike<number>;
  readonly threshold: ArrayLike<number>;
  /** Bit 0: categories; bit 1: missing values go left; bits 2 and 3: what counts as missing. */
  readonly decision: ArrayLike<number>;
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  readonly leaf: ArrayLike<number>;
  /** Categories that go left, by branch. */
  readonly categories: ReadonlyMap<number, readonly number[]>;
}

const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const [NONE, ZERO] = [0, 1];
/** What LightGBM takes for zero. */
const ZERO_BAND = Math.fround(1e-35);

/** @throws PlatformError `invalid_argument` unless each branch and leaf has one parent. */
export function readTree(section: Section, features: number): LgbTree {
  const leaves = section.count("num_leaves", 1);
  const leaf = section.numbers("leaf_value", leaves);
  if (section.has("is_linear") && section.text("is_linear") !== "0") {
    throw cannotConvert(
      "its trees have linear models in their leaves",
      `${section.name} is_linear`,
      "train with linear_tree=false",
    );
  }
  const none = new Float64Array(0);
  if (leaves === 1) {
    return {
      feature: none,
      threshold: none,
      decision: none,
      left: none,
      right: none,
      leaf,
      categories: new Map(),
    };
  }
  const branches = leaves - 1;
  const children = [-leaves, branches - 1] as const;
  const tree = {
    feature: section.integers("split_feature", branches, [0, features - 1]),
    threshold: section.numbers("threshold", branches),
    decision: section.integers("decision_type", branches, [0, 15]),
    left: section.integers("left_child", branches, children),
    right: section.integers("right_child", branches, children),
    leaf,
  };
  checkIsTree(tree, section.name);
  return { ...tree, categories: categoriesOf(section, tree) };
}

function checkIsTree({ left, right, leaf }: Pick<LgbTree, "left" | "right" | "leaf">, name: string): void {
  const seen = new Uint8Array(leaf.length * 2);
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const slot = node < 0 ? leaf.length + ~node : node;
    if (seen[slot]) throw damaged(name, `a node with two parents`, "a tree");
    seen[slot] = 1;
    if (node >= 0) open.push(left[node] ?? 0, right[node] ?? 0);
  }
}

/** Sets of bits, cut out of one list. */
function categoriesOf(section: Section, { decision, threshold }: Pick<LgbTree, "decision" | "threshold">) {
  const found = new Map<number, readonly number[]>();
  const count = section.has("num_cat") ? section.count("num_cat") : 0;
  if (count === 0) return found;
  const bounds = section.integers("cat_boundaries", count + 1, [0, 2 ** 31]);
  const words = section.integers("cat_threshold", bounds[count] ?? 0, [0, 2 ** 32 - 1]);
  for (let node = 0; node < decision.length; node += 1) {
    if (((decision[node] ?? 0) & CATEGORICAL) === 0) continue;
    const at = threshold[node] ?? -1;
    const [from, to] = [bounds[at], bounds[at + 1]];
    if (from === undefined || to === undefined || to < from) {
      throw damaged(`${section.name} threshold`, `the set ${at} of branch ${node}`, `0 to ${count - 1}`);
    }
    found.set(node, bitsOf(words.subarray(from, to)));
  }
  return found;
}

/** The numbers of the bits that are set. */
function bitsOf(words: Float64Array): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < words.length * 32; bit += 1) {
    if (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) bits.push(bit);
  }
  return bits;
}

/** Tells the edges of a tree's decisions. */
export function addEdges(edges: Edges, tree: LgbTree): void {
  for (let node = 0; node < tree.left.length; node += 1) {
    const feature = tree.feature[node] ?? 0;
    const chosen = tree.categories.get(node);
    if (chosen) edges.categories(feature, chosen);
    else edges.number(feature, tree.threshold[node] ?? 0);
  }
}

const missingOf = (decision: number) => (decision >> 2) & 3;

const MOST = 3.4028234663852886e38;

/** The largest float32 that is not above: for a float32 x, `x <= t` is the same of both. */
function roundedDown(threshold: number): number {
  const near = Math.fround(threshold);
  if (near <= threshold) return near;
  return near === Number.POSITIVE_INFINITY ? MOST : nextFloat(near, -1);
}

/** Adds a tree to the forest. */
export function addTree(forest: ForestBuilder, tree: LgbTree, group: number): void {
  forest.beginTree();
  const ids = new Map<number, number>();
  const links: (() => void)[] = [];
  const idOf = (node: number) => ids.get(node) ?? 0;
  const open = [tree.left.length === 0 ? -1 : 0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node < 0) {
      ids.set(node, forest.leaf(group, tree.leaf[~node] ?? 0));
      continue;
    }
    const [left, right] = [tree.left[node] ?? 0, tree.right[node] ?? 0];
    open.push(right, left);
    const chosen = tree.categories.get(node);
    if (chosen) addChain(forest, { tree, node, chosen, ids, links, left, right, idOf });
    else addNumeric(forest, { tree, node, ids, links, left, right, idOf });
  }
  for (const link of links) link();
}

interface Step {
  readonly tree: LgbTree;
  readonly node: number;
  readonly ids: Map<number, number>;
  readonly links: (() => void)[];
  readonly left: number;
  readonly right: number;
  readonly idOf: (node: number) => number;
}

/** One question for each category of the left side; missing values go right. */
function addChain(
  forest: ForestBuilder,
  { tree, node, chosen, ids, links, left, right, idOf }: Step & { readonly chosen: readonly number[] },
): void {
  const feature = tree.feature[node] ?? 0;
  const chain = (chosen.length === 0 ? [-1] : chosen).map((value) =>
    forest.branch({ mode: "BRANCH_EQ", feature, value, missingYes: false }),
  );
  ids.set(node, chain[0] ?? 0);
  links.push(() => {
    for (const [k, id] of chain.entries()) forest.link(id, idOf(left), chain[k + 1] ?? idOf(right));
  });
}

function addNumeric(forest: ForestBuilder, { tree, node, ids, links, left, right, idOf }: Step): void {
  const feature = tree.feature[node] ?? 0;
  const decision = tree.decision[node] ?? 0;
  const value = roundedDown(tree.threshold[node] ?? 0);
  const isDefaultLeft = (decision & DEFAULT_LEFT) !== 0;
  const isZeroLeft = (tree.threshold[node] ?? 0) >= 0;
  const missing = missingOf(decision);
  // Where NaN is not missing itself, it counts as zero.
  const missingYes = missing === NONE || missing === ZERO ? isZeroLeft : isDefaultLeft;
  const asksZero = missing === ZERO && isDefaultLeft !== isZeroLeft;
  const zero = asksZero
    ? forest.branch({ mode: "BRANCH_EQ", feature, value: 0, missingYes: true })
    : undefined;
  const id = forest.branch({ mode: "BRANCH_LEQ", feature, value, missingYes });
  ids.set(node, zero ?? id);
  links.push(() => {
    forest.link(id, idOf(left), idOf(right));
    if (zero !== undefined) forest.link(zero, idOf(isDefaultLeft ? left : right), id);
  });
}

/** The leaf of a row, as LightGBM finds it. Source: microsoft/LightGBM, include/LightGBM/tree.h. */
export function leafOf(tree: LgbTree, row: Float32Array): number {
  let node = tree.left.length === 0 ? -1 : 0;
  while (node >= 0) {
    const value = row[tree.feature[node] ?? 0] ?? Number.NaN;
    const chosen = tree.categories.get(node);
    const isLeft = chosen ? chosen.includes(Math.trunc(value)) : goesLeft(tree, node, value);
    node = (isLeft ? tree.left[node] : tree.right[node]) ?? -1;
  }
  return tree.leaf[~node] ?? 0;
}

function goesLeft(tree: LgbTree, node: number, given: number): boolean {
  const decision = tree.decision[node] ?? 0;
  const missing = missingOf(decision);
  const value = Number.isNaN(given) && (missing === NONE || missing === ZERO) ? 0 : given;
  const isMissing = missing === ZERO ? Math.abs(value) <= ZERO_BAND : missing !== NONE && Number.isNaN(value);
  return isMissing ? (decision & DEFAULT_LEFT) !== 0 : value <= (tree.threshold[node] ?? 0);
}
