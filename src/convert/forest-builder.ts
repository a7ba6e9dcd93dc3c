import type { Draft } from "../base/index.ts";
import type { AttributeProto } from "../onnx/index.ts";

/** How a branch decides: to its `yes` side where the value is below, at most, or equal. */
export type Mode = "BRANCH_LT" | "BRANCH_LEQ" | "BRANCH_EQ";

const MODES = ["LEAF", "BRANCH_LT", "BRANCH_LEQ", "BRANCH_EQ"] as const;
const MODE_BYTES = MODES.map((mode) => Buffer.from(mode));

/** A branch that is still without its sides. */
export interface Branch {
  readonly mode: Mode;
  readonly feature: number;
  readonly value: number;
  /** Whether NaN goes to the `yes` side. */
  readonly missingYes: boolean;
}

/** Numbers that grow; no object for each. */
class Column<A extends Float32Array | Int32Array | Uint8Array> {
  #values: A;
  length = 0;

  constructor(values: A) {
    this.#values = values;
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const Storage = this.#values.constructor as new (length: number) => A;
      const larger = new Storage(Math.max(1024, this.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  set(at: number, value: number): void {
    this.#values[at] = value;
  }

  done(): A {
    return this.#values.subarray(0, this.length) as A;
  }
}

/** The trees of a TreeEnsembleRegressor, node after node, in columns of numbers. */
export class ForestBuilder {
  readonly #tree = new Column(new Int32Array(0));
  readonly #node = new Column(new Int32Array(0));
  readonly #feature = new Column(new Int32Array(0));
  readonly #value = new Column(new Float32Array(0));
  readonly #mode = new Column(new Uint8Array(0));
  readonly #yes = new Column(new Int32Array(0));
  readonly #no = new Column(new Int32Array(0));
  readonly #missing = new Column(new Uint8Array(0));
  readonly #leafTree = new Column(new Int32Array(0));
  readonly #leafNode = new Column(new Int32Array(0));
  readonly #target = new Column(new Int32Array(0));
  readonly #weight = new Column(new Float32Array(0));
  #trees = -1;
  /** Where the current tree begins. */
  #first = 0;

  beginTree(): void {
    this.#trees += 1;
    this.#first = this.#tree.length;
  }

  /** Adds a branch. @returns its number in the tree. */
  branch({ mode, feature, value, missingYes }: Branch): number {
    return this.#add(MODES.indexOf(mode), feature, value, missingYes ? 1 : 0);
  }

  /** Adds a leaf that adds `weight` to an output. @returns its number in the tree. */
  leaf(target: number, weight: number): number {
    const id = this.#add(0, 0, 0, 0);
    this.#leafTree.push(this.#trees);
    this.#leafNode.push(id);
    this.#target.push(target);
    this.#weight.push(weight);
    return id;
  }

  /** Tells where a branch leads. */
  link(id: number, yes: number, no: number): void {
    this.#yes.set(this.#first + id, yes);
    this.#no.set(this.#first + id, no);
  }

  #add(mode: number, feature: number, value: number, missing: number): number {
    const id = this.#tree.length - this.#first;
    this.#tree.push(this.#trees);
    this.#node.push(id);
    this.#feature.push(feature);
    this.#value.push(value);
    this.#mode.push(mode);
    this.#yes.push(0);
    this.#no.push(0);
    this.#missing.push(missing);
    return id;
  }

  /** The attributes of the node: trees are summed up onto `base`, one value for each target. */
  attributes(targets: number, base: readonly number[]): Draft<AttributeProto>[] {
    return [
      ints("nodes_treeids", this.#tree.done()),
      ints("nodes_nodeids", this.#node.done()),
      ints("nodes_featureids", this.#feature.done()),
      floats("nodes_values", this.#value.done()),
      {
        name: "nodes_modes",
        type: STRINGS,
        strings: Array.from(this.#mode.done(), (mode) => MODE_BYTES[mode] as Buffer),
      },
      ints("nodes_truenodeids", this.#yes.done()),
      ints("nodes_falsenodeids", this.#no.done()),
      ints("nodes_missing_value_tracks_true", this.#missing.done()),
      ints("target_treeids", this.#leafTree.done()),
      ints("target_nodeids", this.#leafNode.done()),
      ints("target_ids", this.#target.done()),
      floats("target_weights", this.#weight.done()),
      { name: "n_targets", type: INT, i: BigInt(targets) },
      { name: "aggregate_function", type: STRING, s: Buffer.from("SUM") },
      { name: "post_transform", type: STRING, s: Buffer.from("NONE") },
      ...(base.some((value) => value !== 0) ? [floats("base_values", Float32Array.from(base))] : []),
    ];
  }
}

/** AttributeProto.AttributeType. */
const [INT, STRING, FLOATS, INTS, STRINGS] = [2, 3, 6, 7, 8];

function ints(name: string, values: Int32Array | Uint8Array): Draft<AttributeProto> {
  return { name, type: INTS, ints: BigInt64Array.from(values as ArrayLike<number> as number[], BigInt) };
}

const floats = (name: string, values: Float32Array): Draft<AttributeProto> => ({
  name,
  type: FLOATS,
  floats: values,
});
