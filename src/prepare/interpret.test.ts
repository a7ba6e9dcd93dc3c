import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Json, manifestSchema, type Signature } from "../model/index.ts";
import { type DType, type Tensors, tensorOf } from "../tensor/index.ts";
import { createInterpretation } from "./interpret.ts";
import { findSegments } from "./segments.ts";
import { softmax } from "./softmax.ts";

const out = (name: string, dtype: DType, shape: readonly number[], labels?: readonly string[]) =>
  ({ name, dtype, shape, batchAxis: 0, ...(labels && { labels }) }) as const;

const FILES = async () => Buffer.from("a\nb\r\nc\n");

async function interpret(
  outputs: Signature["outputs"],
  manifest: object,
  tensors: Tensors,
): Promise<readonly Json[]> {
  const made = await createInterpretation({ inputs: [], outputs }, manifestSchema.parse(manifest), FILES);
  return made(tensors);
}

const LABEL = out("label", "INT64", [-1]);
const PROBABILITIES = out("probabilities", "FP32", [-1, 2]);
const tensors = (): Tensors =>
  new Map([
    ["label", tensorOf("INT64", [2], [1, 0])],
    ["probabilities", tensorOf("FP32", [2, 2], [0.25, 0.75, 0.5, 0.5])],
  ]);

test("a label and its probabilities are recognised by their names, and numbered labels get the manifest's names", async () => {
  assert.deepEqual(await interpret([LABEL, PROBABILITIES], { labels: ["on time", "late"] }, tensors()), [
    { label: "late", probability: 0.75, probabilities: { "on time": 0.25, late: 0.75 } },
    { label: "on time", probability: 0.5, probabilities: { "on time": 0.5, late: 0.5 } },
  ]);
});

test("without labels classes are called by their numbers", async () => {
  const [first] = await interpret([LABEL, PROBABILITIES], {}, tensors());
  assert.deepEqual(first, { label: 1, probability: 0.75, probabilities: { 0: 0.25, 1: 0.75 } });
});

test("a ZipMap's class names come from the file", async () => {
  const zipped = out("output_probability", "FP32", [-1, 2], ["no", "yes"]);
  const [first] = await interpret(
    [out("output_label", "BYTES", [-1]), zipped],
    {},
    new Map([
      ["output_label", tensorOf("BYTES", [1], ["yes"])],
      ["output_probability", tensorOf("FP32", [1, 2], [0.25, 0.75])],
    ]),
  );
  assert.deepEqual(first, { label: "yes", probability: 0.75, probabilities: { no: 0.25, yes: 0.75 } });
});

test("a number among the file's classes is that class, not a position", async () => {
  const outputs = [LABEL, out("probabilities", "FP32", [-1, 2], ["1", "2"])];
  const given: Tensors = new Map([
    ["label", tensorOf("INT64", [1], [1])],
    ["probabilities", tensorOf("FP32", [1, 2], [0.75, 0.25])],
  ]);
  assert.deepEqual(await interpret(outputs, {}, given), [
    { label: 1, probability: 0.75, probabilities: { 1: 0.75, 2: 0.25 } },
  ]);
  assert.deepEqual(await interpret(outputs, { labels: ["one", "two"] }, given), [
    { label: "one", probability: 0.75, probabilities: { one: 0.75, two: 0.25 } },
  ]);
});

test("a label that is no class has no probability", async () => {
  const outputs = [out("label", "BYTES", [-1]), PROBABILITIES];
  const given: Tensors = new Map([
    ["label", tensorOf("BYTES", [1], ["other"])],
    ["probabilities", tensorOf("FP32", [1, 2], [0.75, 0.25])],
  ]);
  const [first] = await interpret(outputs, { labels: ["a", "b"] }, given);
  assert.deepEqual(first, { label: "other", probability: null, probabilities: { a: 0.75, b: 0.25 } });
});

test("a label beyond 2^53 keeps its digits", async () => {
  const [first] = await interpret(
    [LABEL],
    {},
    new Map([["label", tensorOf("INT64", [1], [9007199254740993n])]]),
  );
  assert.deepEqual(first, { label: 9007199254740993n });
});

test("other outputs are answered as values by name, NaN as null and infinities as words", async () => {
  const outputs = [out("y", "FP32", [-1, 1]), out("box", "FP64", [-1, 2]), out("ok", "BOOL", [-1])];
  const predictions = await interpret(
    outputs,
    {},
    new Map([
      ["y", tensorOf("FP32", [2, 1], [Number.NaN, 1])],
      ["box", tensorOf("FP64", [2, 2], [1, 2, Number.POSITIVE_INFINITY, 4])],
      ["ok", tensorOf("BOOL", [2], [true, false])],
    ]),
  );
  assert.deepEqual(predictions, [
    { y: null, box: [1, 2], ok: true },
    { y: 1, box: ["Infinity", 4], ok: false },
  ]);
});

test("outputs without common rows are answered whole", async () => {
  const outputs = [out("y", "FP32", [-1]), out("total", "FP32", [])];
  const predictions = await interpret(
    outputs,
    {},
    new Map([
      ["y", tensorOf("FP32", [2], [1, 2])],
      ["total", tensorOf("FP32", [], [3])],
    ]),
  );
  assert.deepEqual(predictions, [{ y: [1, 2], total: 3 }]);
});

test("softmax and top name the likeliest classes first", async () => {
  const outputs = [out("logits", "FP32", [-1, 3])];
  const manifest = {
    labels: ["x", "y", "z"],
    outputPreparation: [{ name: "softmax" }, { name: "top", parameters: { k: 2 } }],
  };
  const [first] = (await interpret(
    outputs,
    manifest,
    new Map([["logits", tensorOf("FP32", [1, 3], [1000, 1001, -1000])]]),
  )) as [{ label: string; top: { label: string; probability: number }[] }];
  assert.equal(first.label, "y");
  assert.deepEqual(
    first.top.map(({ label }) => label),
    ["y", "x"],
  );
  assert.ok(Math.abs((first.top[0]?.probability ?? 0) - 1 / (1 + Math.exp(-1))) < 1e-7);
});

test("softmax sums to one per row and keeps the order of scores", () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ min: Math.fround(-1e30), max: Math.fround(1e30), noNaN: true }), {
        minLength: 1,
        maxLength: 20,
      }),
      (scores) => {
        const data = softmax(tensorOf("FP32", [1, scores.length], scores)).data as Float32Array;
        assert.ok(Math.abs(data.reduce((sum, value) => sum + value, 0) - 1) < 1e-6);
        for (let i = 1; i < scores.length; i++) {
          if ((scores[i] ?? 0) > (scores[i - 1] ?? 0)) assert.ok((data[i] ?? 0) >= (data[i - 1] ?? 0));
        }
      },
    ),
  );
});

/** Scores in which each step's class is certain. */
function steps(classes: readonly number[], width: number): Tensors {
  const data = classes.flatMap((chosen) =>
    Array.from({ length: width }, (_, i) => (i === chosen ? 0.9 : 0.01)),
  );
  return new Map([["p", tensorOf("FP32", [1, classes.length, width], data)]]);
}

test("ctc drops repeats and blanks, and a blank between two equal characters keeps both", async () => {
  const manifest = { outputPreparation: [{ name: "ctc", parameters: { file: "keys.txt" } }] };
  const outputs = [out("p", "FP32", [-1, -1, 5])];
  const [first] = (await interpret(outputs, manifest, steps([0, 1, 1, 0, 1, 2, 4, 3, 0], 5))) as [
    { text: string; confidence: number },
  ];
  assert.equal(first.text, "aab c");
  assert.ok(Math.abs(first.confidence - 0.9) < 1e-6);
  const [empty] = await interpret(outputs, manifest, steps([0, 0], 5));
  assert.deepEqual(empty, { text: "", confidence: 0 });
});

const segmentCases: { readonly frames: string; readonly found: readonly (readonly [number, number])[] }[] = [
  { frames: "......", found: [] },
  { frames: "..####..", found: [[2, 6]] },
  { frames: "##", found: [] },
  { frames: "####.####", found: [[0, 9]] },
  {
    frames: "####...####",
    found: [
      [0, 4],
      [7, 11],
    ],
  },
  { frames: "####ooo####", found: [[0, 11]] },
  { frames: "ooo####", found: [[3, 7]] },
  { frames: "#####.", found: [[0, 5]] },
];

for (const { frames, found } of segmentCases) {
  test(`segments of ${frames} are ${JSON.stringify(found)}`, () => {
    const values = Array.from(frames).map((frame) => (frame === "#" ? 0.9 : frame === "o" ? 0.4 : 0.1));
    const segments = findSegments(values, { frameMs: 10, threshold: 0.5, minSpeechMs: 30, minSilenceMs: 20 });
    assert.deepEqual(
      segments,
      found.map(([start, end]) => ({ start, end })),
    );
  });
}

const wrong: { readonly steps: readonly object[]; readonly message: RegExp }[] = [
  {
    steps: [{ name: "sofmax" }],
    message: /preparation "sofmax": is not known, expected softmax, labels, top/,
  },
  { steps: [{ name: "labels" }, { name: "softmax" }], message: /stands after a step that answers/ },
  {
    steps: [{ name: "labels", parameters: { label: "klass" } }],
    message: /parameter label: "klass" is no output of this model, expected label, probabilities/,
  },
  {
    steps: [{ name: "labels", parameters: { labels: ["one"] } }],
    message: /there are 1 labels, output "probabilities" has 2 classes/,
  },
  { steps: [{ name: "top", parameters: { k: 0 } }], message: /preparation "top": parameter k/ },
  { steps: [{ name: "ctc", parameters: {} }], message: /expected \[n, steps, classes\]/ },
  { steps: [{ name: "segments", parameters: {} }], message: /preparation "segments": parameter frameMs/ },
  { steps: [{ name: "values", parameters: { k: 1 } }], message: /preparation "values": / },
];

for (const { steps: outputPreparation, message } of wrong) {
  test(`output preparation is refused at load: ${JSON.stringify(outputPreparation)}`, async () => {
    await assert.rejects(interpret([LABEL, PROBABILITIES], { outputPreparation }, tensors()), message);
  });
}
