import assert from "node:assert/strict";
import { test } from "node:test";
import { randomNumbers } from "../../../test/kit/random-numbers.ts";
import { Deadlines, systemClock } from "../../base/index.ts";
import { ANYONE, type RequestContext } from "../../model/index.ts";
import { Strings, type Tensor, type Tensors } from "../../tensor/index.ts";
import type { AskModel } from "./contract.ts";
import { parsePipeline } from "./pipeline-file.ts";
import { PipelineSession } from "./session.ts";

const CASCADE = {
  inputs: { x: { dtype: "FP32", shape: [-1, 2] }, scale: { dtype: "FP32", shape: [1] } },
  steps: [
    { name: "small", model: "small", inputs: { x: "x" } },
    {
      name: "large",
      model: "large@champion",
      inputs: { x: "x", scale: "scale" },
      when: { confidence: "small.scores", under: 0.8 },
    },
    { name: "names", model: "names", inputs: { label: "large.label" } },
  ],
  outputs: {
    label: { dtype: "INT64", shape: [-1], from: ["large.label", "small.label"] },
    scores: { dtype: "FP32", shape: [-1, 2], from: "small.scores" },
  },
};

const context = (): RequestContext => ({
  requestId: "r",
  deadline: new Deadlines(systemClock).start(),
  caller: ANYONE,
  priority: 0,
  parameters: new Map(),
  trace: "",
  splitKey: "r",
});

const floats = (shape: number[], values: readonly number[]): Tensor => ({
  dtype: "FP32",
  shape,
  data: Float32Array.from(values),
});
const labels = (values: readonly number[]): Tensor => ({
  dtype: "INT64",
  shape: [values.length],
  data: BigInt64Array.from(values, (value) => BigInt(Math.round(value))),
});
const TIMING = { queueUs: 0, computeUs: 0, cpuUs: 0, batchRows: 1 };

/** Models by name: each row of `x` is [label, confidence]. */
function modelsOf(answers: Readonly<Record<string, (inputs: Tensors) => Tensors>>) {
  const asked: { model: string; rows: number; outputs: readonly string[] }[] = [];
  const ask: AskModel = async ({ model, inputs, outputs }) => {
    asked.push({ model, rows: [...inputs.values()][0]?.shape[0] ?? 0, outputs });
    const answer = answers[model];
    assert.ok(answer, model);
    return { model, version: 1, outputs: answer(inputs), timing: TIMING, costUs: 10 };
  };
  return { asked, ask };
}

const rowsOf = (inputs: Tensors): number[][] => {
  const { data, shape } = inputs.get("x") as Tensor;
  return Array.from({ length: shape[0] as number }, (_, row) =>
    [...(data as Float32Array)].slice(2 * row, 2 * row + 2),
  );
};
const SMALL_AND_LARGE = {
  small: (inputs: Tensors) => {
    const rows = rowsOf(inputs);
    return new Map([
      ["label", labels(rows.map(([label]) => label ?? 0))],
      [
        "scores",
        floats(
          [rows.length, 2],
          rows.flatMap(([, sure = 0]) => [1 - sure, sure]),
        ),
      ],
    ]);
  },
  "large@champion": (inputs: Tensors) =>
    new Map([["label", labels(rowsOf(inputs).map(([label = 0]) => label + 100))]]),
};

async function answerOf(file: object, inputs: Tensors, ask: AskModel, outputs?: readonly string[]) {
  const session = new PipelineSession(parsePipeline(JSON.stringify(file)), ask);
  return session.start([inputs], { context: context(), ...(outputs && { outputs }) }).done;
}

test("a cascade answers each row as if it had been asked alone, and asks the large model for unsure rows only", async () => {
  const below = randomNumbers(11);
  for (let round = 0; round < 200; round += 1) {
    const rows = Array.from({ length: below(6) }, () => [below(50), below(101) / 100] as const);
    const x = floats([rows.length, 2], rows.flat());
    const { ask, asked } = modelsOf(SMALL_AND_LARGE);
    const inputs = new Map([
      ["x", x],
      ["scale", floats([1], [2])],
    ]);
    const { outputs, billedUs } = await answerOf(CASCADE, inputs, ask);
    const isUnsure = ([, sure]: readonly [number, number]) =>
      Math.max(Math.fround(1 - Math.fround(sure)), Math.fround(sure)) < 0.8;
    assert.deepEqual(outputs.get("label"), labels(rows.map((row) => row[0] + (isUnsure(row) ? 100 : 0))));
    const unsure = rows.filter(isUnsure).length;
    assert.deepEqual(
      asked.slice(1),
      unsure === 0 && rows.length > 0 ? [] : [{ model: "large@champion", rows: unsure, outputs: ["label"] }],
    );
    assert.equal(billedUs, 10 * asked.length);
  }
});

test("steps that do not need each other run side by side", async () => {
  const label = { dtype: "INT64", shape: [-1] };
  const file = {
    inputs: CASCADE.inputs,
    steps: [
      { name: "one", model: "one", inputs: { x: "x" } },
      { name: "two", model: "two", inputs: { x: "x" } },
      { name: "both", model: "both", inputs: { a: "one.label", b: "two.label" } },
    ],
    outputs: { label: { ...label, from: "both.label" } },
  };
  const arrived = { one: Promise.withResolvers<void>(), two: Promise.withResolvers<void>() };
  const ask: AskModel = async ({ model }) => {
    if (model === "one" || model === "two") {
      arrived[model].resolve();
      // Neither answers before the other has been asked.
      await Promise.all([arrived.one.promise, arrived.two.promise]);
    }
    return { model, version: 1, outputs: new Map([["label", labels([1])]]), timing: TIMING, costUs: 1 };
  };
  const inputs = new Map([
    ["x", floats([1, 2], [1, 1])],
    ["scale", floats([1], [2])],
  ]);
  assert.equal((await answerOf(file, inputs, ask)).billedUs, 3);
});

test("only the steps run that the wanted outputs need", async () => {
  const { ask, asked } = modelsOf(SMALL_AND_LARGE);
  const inputs = new Map([
    ["x", floats([1, 2], [3, 0.1])],
    ["scale", floats([1], [2])],
  ]);
  const { outputs } = await answerOf(CASCADE, inputs, ask, ["scores"]);
  assert.deepEqual([...outputs.keys()], ["scores"]);
  assert.deepEqual(
    asked.map(({ model }) => model),
    ["small"],
  );
});

test("a step after a conditional one runs for the same rows, and texts find their rows too", async () => {
  const file = {
    ...CASCADE,
    outputs: { name: { dtype: "BYTES", shape: [-1], from: ["names.name", "small.name"] } },
  };
  const text = (values: readonly string[]): Tensor => ({
    dtype: "BYTES",
    shape: [values.length],
    data: Strings.from([...values]),
  });
  const { ask, asked } = modelsOf({
    ...SMALL_AND_LARGE,
    small: (inputs) =>
      new Map([
        ...SMALL_AND_LARGE.small(inputs),
        ["name", text(rowsOf(inputs).map(([label]) => `small ${label}`))],
      ]),
    names: (inputs) => {
      const { data } = inputs.get("label") as Tensor;
      return new Map([["name", text([...(data as BigInt64Array)].map((label) => `large ${label}`))]]);
    },
  });
  const inputs = new Map([
    ["x", floats([3, 2], [1, 0.6, 2, 0.9, 3, 0.5])],
    ["scale", floats([1], [2])],
  ]);
  const { outputs } = await answerOf(file, inputs, ask);
  assert.deepEqual((outputs.get("name") as Tensor & { data: Strings }).data.toArray(), [
    "large 101",
    "small 2",
    "large 103",
  ]);
  assert.deepEqual(
    asked.map(({ model, rows }) => [model, rows]),
    [
      ["small", 3],
      ["large@champion", 2],
      ["names", 2],
    ],
  );
});

test("a margin is the largest less the second, and a value is read as it is; NaN is never sure", async () => {
  for (const [measure, shape, values, unsure] of [
    ["margin", [3, 2], [0.6, 0.4, 0.1, 0.9, Number.NaN, 1], [0, 2]],
    ["value", [3, 1], [0.1, 0.9, Number.NaN], [0, 2]],
  ] as const) {
    const [small, large, names] = CASCADE.steps;
    const file = {
      ...CASCADE,
      steps: [small, { ...large, when: { confidence: "small.scores", measure, under: 0.5 } }, names],
    };
    const { ask } = modelsOf({
      ...SMALL_AND_LARGE,
      small: (inputs) => new Map([...SMALL_AND_LARGE.small(inputs), ["scores", floats([...shape], values)]]),
    });
    const inputs = new Map([
      ["x", floats([3, 2], [0, 0, 1, 0, 2, 0])],
      ["scale", floats([1], [2])],
    ]);
    const { outputs } = await answerOf(file, inputs, ask, ["label"]);
    const expected = [0, 1, 2].map((row) => row + ((unsure as readonly number[]).includes(row) ? 100 : 0));
    assert.deepEqual(outputs.get("label"), labels(expected), measure);
  }
});

test("what a model answers and does not fit is refused by the step's or output's name", async () => {
  const inputs = new Map([
    ["x", floats([2, 2], [1, 0.5, 2, 0.5])],
    ["scale", floats([1], [2])],
  ]);
  for (const [answers, message] of [
    [
      { "large@champion": () => new Map([["label", labels([1])]]) },
      /step "large" answered label with shape \[1\], expected 2 rows/,
    ],
    [
      { "large@champion": () => new Map([["label", floats([2], [1, 2])]]) },
      /output "label" is FP32\[2\], expected INT64/,
    ],
    [{ "large@champion": () => new Map() }, /step "large" has no output "label"/],
    [
      { small: (given: Tensors) => new Map([...SMALL_AND_LARGE.small(given), ["scores", labels([1, 2])]]) },
      /output "scores" is INT64/,
    ],
  ] as const) {
    const { ask } = modelsOf({ ...SMALL_AND_LARGE, ...answers });
    await assert.rejects(answerOf(CASCADE, inputs, ask), { code: "internal", message });
  }
});

test("a file that is no pipeline is refused by its field", () => {
  const [small, large] = CASCADE.steps;
  for (const [change, field] of [
    [{ steps: [] }, "steps"],
    [{ steps: [{ ...small, inputs: { x: "y" } }] }, "steps.0.inputs.x"],
    [{ steps: [small, { ...large, name: "small" }] }, "steps.1.name"],
    [{ steps: [{ ...small, inputs: { x: "large.label" } }, large] }, "steps.0.inputs.x"],
    [{ steps: [small, { ...large, when: { confidence: "small.scores" } }] }, "steps.1.when.under"],
    [{ outputs: { label: { dtype: "INT64", shape: [-1], from: "nobody.label" } } }, "outputs.label.from"],
    [{ outputs: { label: { dtype: "INT", shape: [-1], from: "small.label" } } }, "outputs.label.dtype"],
    [{ inputs: {} }, "inputs"],
    [{ more: 1 }, "pipeline.json"],
  ] as const) {
    const text = JSON.stringify({ ...CASCADE, ...change });
    assert.throws(
      () => parsePipeline(text),
      (thrown: { code: string; details: { field: string } }) => {
        assert.deepEqual([thrown.code, thrown.details.field], ["failed_precondition", field], text);
        return true;
      },
    );
  }
});
