import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PlatformError } from "../base/index.ts";
import { convert } from "./convert.ts";
import { formatOf } from "./sniff.ts";
import { readUbjson } from "./xgboost/ubjson.ts";

const XGBOOST = "test/artifacts/convert/xgboost";
const LIGHTGBM = readFileSync("test/artifacts/convert/lightgbm/4.6.0/categorical.txt", "utf8");
const text = readFileSync(`${XGBOOST}/1.7.6/binary-logistic.json`, "utf8");

/** A model of XGBoost, changed. */
function changed(
  change: (learner: Record<string, unknown>, tree: Record<string, unknown>) => void,
): Uint8Array {
  const file = JSON.parse(text) as { learner: Record<string, unknown> };
  const booster = file.learner["gradient_booster"] as { model: { trees: Record<string, unknown>[] } };
  change(file.learner, booster.model.trees[0] ?? {});
  return Buffer.from(JSON.stringify(file));
}

const refused = (bytes: Uint8Array, format: "xgboost" | "lightgbm", code: string, message: RegExp) =>
  assert.throws(
    () => convert(format, bytes),
    (thrown) => thrown instanceof PlatformError && thrown.code === code && message.test(thrown.message),
  );

test("trees that are none are refused: loops, two parents, children and features from elsewhere", () => {
  const node = (key: string, at: number, value: number) =>
    changed((_, tree) => ((tree[key] as number[])[at] = value));
  refused(node("left_children", 0, 0), "xgboost", "invalid_argument", /the child 0 of node 0/);
  refused(node("left_children", 0, 2), "xgboost", "invalid_argument", /two parents/);
  refused(node("right_children", 0, 9999), "xgboost", "invalid_argument", /the child 9999/);
  refused(node("split_indices", 0, 77), "xgboost", "invalid_argument", /feature 77/);
  const short = changed((_, tree) => (tree["split_conditions"] as number[]).pop());
  refused(short, "xgboost", "invalid_argument", /split_conditions/);
});

test("numbers of classes and features that no file is large enough for are refused, or take no memory", () => {
  const params = (change: Record<string, string>) =>
    changed((learner) => Object.assign(learner["learner_model_param"] as object, change));
  refused(params({ num_class: "2000000000" }), "xgboost", "invalid_argument", /num_class is 2000000000/);
  refused(params({ num_feature: "2000000000" }), "xgboost", "invalid_argument", /num_feature/);
  const wide = changed((learner) => {
    Object.assign(learner["learner_model_param"] as object, { num_feature: "900000" });
    delete learner["feature_names"];
  });
  assert.deepEqual(convert("xgboost", wide).manifest.columns, []);
});

test("what cannot be converted is said with its name: objectives, boosters, vectors in leaves, linear trees", () => {
  const own = changed((learner) => ((learner["objective"] as { name: string }).name = "my:own"));
  refused(own, "xgboost", "unimplemented", /objective is my:own/);
  const booster = changed((learner) => ((learner["gradient_booster"] as { name: string }).name = "gbmagic"));
  refused(booster, "xgboost", "unimplemented", /booster is gbmagic/);
  const vectors = changed(
    (_, tree) => ((tree["tree_param"] as Record<string, string>)["size_leaf_vector"] = "3"),
  );
  refused(vectors, "xgboost", "unimplemented", /vectors for leaves/);
  const linear = Buffer.from(LIGHTGBM.replace("is_linear=0", "is_linear=1"));
  refused(linear, "lightgbm", "unimplemented", /linear models in their leaves/);
  const custom = Buffer.from(LIGHTGBM.replace("objective=binary sigmoid:1", "objective=custom"));
  refused(custom, "lightgbm", "unimplemented", /objective is custom/);
});

test("a text of LightGBM that is cut or changed is refused by the tree's number", () => {
  refused(Buffer.from(LIGHTGBM.slice(0, 1500)), "lightgbm", "invalid_argument", /damaged/);
  const loop = LIGHTGBM.replace(/left_child=4 /, "left_child=0 ");
  refused(Buffer.from(loop), "lightgbm", "invalid_argument", /tree 0.*two parents/);
  const far = LIGHTGBM.replace(/split_feature=0 /, "split_feature=9 ");
  refused(Buffer.from(far), "lightgbm", "invalid_argument", /tree 0 split_feature is 9/);
});

test("UBJSON that claims more than it has takes no memory for it", () => {
  const claims = [
    [0x5b, 0x24, 0x64, 0x23, 0x6c, 0x7f, 0xff, 0xff, 0xff],
    [0x5b, 0x23, 0x6c, 0x7f, 0xff, 0xff, 0xff],
    [0x53, 0x4c, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    Array.from({ length: 100 }, () => 0x5b),
    [0x7b, 0x69, 0x01, 0x61],
    [0x5a, 0x5a],
  ];
  for (const bytes of claims) {
    assert.throws(() => readUbjson(Uint8Array.from(bytes)), { code: "invalid_argument" }, bytes.join());
  }
});

test("a format is told by its bytes, and dumps and old files by their names", () => {
  const start = (path: string) => readFileSync(path).subarray(0, 65_536);
  assert.equal(formatOf(start(`${XGBOOST}/3.1.1/dart.ubj`)), "xgboost");
  assert.equal(formatOf(start(`${XGBOOST}/1.7.6/dart.json`)), "xgboost");
  assert.equal(formatOf(Buffer.from(LIGHTGBM)), "lightgbm");
  assert.equal(formatOf(start("examples/models/churn/2/model.onnx")), undefined);
  assert.equal(formatOf(Buffer.from('{"manifestVersion": 1}')), undefined);
  for (const other of [
    "binf\0\0\0",
    '[{"nodeid": 0, "depth": 0',
    '{"name": "tree", "num_tree_per_iteration": 1, "tree_info": [',
  ]) {
    assert.throws(() => formatOf(Buffer.from(other)), { code: "unimplemented" }, other);
  }
});
