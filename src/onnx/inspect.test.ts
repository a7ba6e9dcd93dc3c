import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Draft } from "../base/index.ts";
import { checkInputs, type Signature } from "../model/index.ts";
import { tensorOf } from "../tensor/index.ts";
import { encodeModel } from "./encode.ts";
import { inspectModel } from "./inspect.ts";
import { metadataLabels } from "./labels.ts";
import type { GraphProto, ModelProto, TypeProto } from "./proto.ts";
import { signatureOf, unservedOutputs } from "./signature.ts";

const inspectFile = (name: string) => inspectModel(readFileSync(`test/artifacts/models/${name}/model.onnx`));

test("a ZipMap's sequence of maps is served as a tensor with the class names", () => {
  const info = inspectFile("churn/1");
  assert.deepEqual(
    info.outputs.map(({ name, kind, keyType, dtype }) => [name, kind, keyType, dtype]),
    [
      ["output_label", "tensor", undefined, "BYTES"],
      ["output_probability", "sequence-of-map", "BYTES", "FP32"],
    ],
  );
  const [label, probability] = signatureOf(info).outputs;
  assert.deepEqual(label, { name: "output_label", dtype: "BYTES", shape: [-1], batchAxis: 0 });
  assert.deepEqual(probability, {
    name: "output_probability",
    dtype: "FP32",
    shape: [-1, 2],
    batchAxis: 0,
    labels: ["no", "yes"],
  });
  assert.equal(info.operators.get("ai.onnx.ml:ZipMap"), 1);
  assert.equal(info.opsets.get("ai.onnx.ml"), 1);
});

test("class names of a classifier follow its scores to the output", () => {
  assert.deepEqual(inspectFile("churn/2").labels, new Map([["probabilities", ["no", "yes"]]]));
  assert.deepEqual(inspectFile("spam/1").labels, new Map([["probabilities", ["ham", "spam"]]]));
  assert.deepEqual(inspectFile("flight-delay/1").labels, new Map([["probabilities", ["0", "1"]]]));
});

test("names and scalars keep their place, and a file's signature is one of the platform", () => {
  const signature: Signature = signatureOf(inspectFile("scalar/1"));
  assert.deepEqual(signature.inputs, [
    { name: "x", dtype: "FP32", shape: [-1, 4], symbols: ["N", undefined], batchAxis: 0 },
    { name: "factor", dtype: "FP32", shape: [], batchAxis: null },
  ]);
  const inputs = new Map([
    ["x", tensorOf("FP32", [2, 4], [1, 2, 3, 4, 5, 6, 7, 8])],
    ["factor", tensorOf("FP32", [], [2])],
  ]);
  assert.equal(checkInputs(signature, inputs), 2);
});

test("every dtype of the platform is known", () => {
  const dtypes = [
    "bf16",
    "bool",
    "fp16",
    "fp32",
    "fp64",
    "int16",
    "int32",
    "int64",
    "int8",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
  ];
  for (const dtype of dtypes) {
    assert.equal(signatureOf(inspectFile(`identity-${dtype}/1`)).inputs[0]?.dtype, dtype.toUpperCase());
  }
  assert.equal(signatureOf(inspectFile("identity-string/1")).inputs[0]?.dtype, "BYTES");
});

const tensor = (elemType: number, ...dims: (number | string)[]): Draft<TypeProto> => ({
  tensorType: {
    elemType,
    shape: { dim: dims.map((dim) => (typeof dim === "number" ? { dimValue: dim } : { dimParam: dim })) },
  },
});

const infoOf = (graph: Draft<GraphProto>, rest: Draft<ModelProto> = {}) =>
  inspectModel(encodeModel({ irVersion: 8, graph, ...rest }));

test("weights that are listed as inputs are none", () => {
  const info = infoOf({
    input: [
      { name: "x", type: tensor(1, "N", 2) },
      { name: "w", type: tensor(1, 2) },
    ],
    initializer: [{ name: "w", dataType: 1, dims: [2], floatData: [1, 2] }],
  });
  assert.deepEqual(
    info.inputs.map(({ name }) => name),
    ["x"],
  );
  assert.deepEqual(info.overridable, ["w"]);
});

test("outputs that cannot be carried are left out, and named", () => {
  const output = [
    { name: "y", type: tensor(1, "N") },
    { name: "small", type: tensor(22, "N") },
    { name: "list", type: { sequenceType: { elemType: tensor(1, "N") } } },
    { name: "map", type: { mapType: { keyType: 7, valueType: tensor(1) } } },
    { name: "perhaps", type: { optionalType: { elemType: tensor(7, "N") } } },
    { name: "unknown" },
  ];
  const info = infoOf({ output });
  assert.deepEqual(
    info.outputs.map(({ kind }) => kind),
    ["tensor", "tensor", "sequence", "map", "tensor", "other"],
  );
  const { outputs } = signatureOf(info);
  assert.deepEqual(
    outputs.map(({ name, optional }) => [name, optional]),
    [
      ["y", undefined],
      ["perhaps", true],
    ],
  );
  assert.deepEqual(unservedOutputs(info), [
    '"small": INT4 [-1]',
    '"list": a sequence',
    '"map": a map',
    '"unknown": of an unknown type',
  ]);
  assert.throws(
    () => signatureOf(infoOf({ output: [{ name: "list", type: { sequenceType: {} } }] })),
    /no output of the model/,
  );
});

test("an input that requests cannot carry is refused by name", () => {
  const list = { name: "list", type: { sequenceType: { elemType: tensor(1) } } };
  const output = [{ name: "y", type: tensor(1, "N") }];
  assert.throws(
    () => signatureOf(infoOf({ input: [list], output })),
    /input "list" is a sequence, which requests cannot carry/,
  );
  const shapeless = { name: "x", type: { tensorType: { elemType: 1 } } };
  assert.throws(() => signatureOf(infoOf({ input: [shapeless], output })), /of unknown rank/);
});

test("class names are read from the metadata as exporters write them", () => {
  const cases: readonly (readonly [string, string, readonly string[] | undefined])[] = [
    ["classes", '["cat", "dog"]', ["cat", "dog"]],
    ["labels", "[3, 5]", ["3", "5"]],
    ["id2label", '{"1": "dog", "0": "cat"}', ["cat", "dog"]],
    ["names", "{0: 'person', 1: \"driver's seat\", 2: 'it\\'s'}", ["person", "driver's seat", "it's"]],
    ["names", "['a', 'b']", ["a", "b"]],
    ["names", "{0: 'a', 2: 'b'}", undefined],
    ["names", "{0: __import__('os')}", undefined],
    ["names", "", undefined],
    ["classes", '[{"a": 1}]', undefined],
    ["other", '["cat"]', undefined],
  ];
  for (const [key, text, labels] of cases) {
    assert.deepEqual(metadataLabels(new Map([[key, text]])), labels, text);
  }
});

test("class names of the metadata go to the output with as many scores", () => {
  const output = [
    { name: "boxes", type: tensor(1, "N", 4) },
    { name: "scores", type: tensor(1, "N", 2) },
    { name: "label", type: tensor(7, "N") },
  ];
  const metadataProps = [{ key: "classes", value: '["cat", "dog"]' }];
  assert.deepEqual(infoOf({ output }, { metadataProps }).labels, new Map([["scores", ["cat", "dog"]]]));
  const three = [{ key: "classes", value: '["cat", "dog", "cow"]' }];
  assert.deepEqual(infoOf({ output }, { metadataProps: three }).labels, new Map());
});

test("a StringNormalizer that needs a locale is warned about with what to do", () => {
  const node = (locale: string) => ({
    node: [
      {
        opType: "StringNormalizer",
        name: "n",
        attribute: locale ? [{ name: "locale", s: Buffer.from(locale) }] : [],
      },
    ],
  });
  assert.match(infoOf(node("")).warnings[0]?.message ?? "", /needs the locale "en_US.UTF-8"/);
  assert.match(infoOf(node("de_DE")).warnings[0]?.hint ?? "", /set the node's attribute locale to "C"/);
  assert.deepEqual(infoOf(node("C")).warnings, []);
  const plain = [{ name: "is_case_sensitive", i: 1n }];
  assert.deepEqual(infoOf({ node: [{ opType: "StringNormalizer", attribute: plain }] }).warnings, []);
  const lower = [...plain, { name: "case_change_action", s: Buffer.from("LOWER") }];
  assert.equal(infoOf({ node: [{ opType: "StringNormalizer", attribute: lower }] }).warnings.length, 1);
  assert.deepEqual(inspectFile("spam/1").warnings, []);
});
