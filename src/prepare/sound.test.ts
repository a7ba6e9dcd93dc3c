import assert from "node:assert/strict";
import { test } from "node:test";
import { floatsOf } from "../../test/kit/numbers.ts";
import { PlatformError } from "../base/index.ts";
import { type Content, manifestSchema, type Signature } from "../model/index.ts";
import { type Tensors, tensorOf } from "../tensor/index.ts";
import { createPreparation } from "./preparation.ts";

const SILERO: Signature = {
  inputs: [
    { name: "input", dtype: "FP32", shape: [-1, -1], batchAxis: 0 },
    { name: "state", dtype: "FP32", shape: [2, -1, 128], batchAxis: null },
    { name: "sr", dtype: "INT64", shape: [], batchAxis: null },
  ],
  outputs: [
    { name: "output", dtype: "FP32", shape: [-1, 1], batchAxis: 0 },
    { name: "stateN", dtype: "FP32", shape: [-1, -1, -1], batchAxis: null },
  ],
};

const PARAMETERS = {
  frame: { samples: 4, context: 2 },
  states: [{ input: "state", output: "stateN" }],
  constants: { sr: 16_000 },
};

/** 16-bit mono at 16 kHz of these samples, in 32768ths. */
function sound(samples: readonly number[]): Content {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write("RIFF\0\0\0\0WAVEfmt ", "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(16_000, 24);
  bytes.writeUInt32LE(32_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  for (const [i, sample] of samples.entries()) bytes.writeInt16LE(sample, 44 + i * 2);
  return { mediaType: "audio/wav", bytes };
}

const prepare = (parameters: object, outputPreparation: readonly object[] = []) =>
  createPreparation(
    SILERO,
    manifestSchema.parse({ inputPreparation: [{ name: "sound", parameters }], outputPreparation }),
  );

/** A model whose state counts its frames and whose output is that count over 10. */
async function counting(inputs: Tensors): Promise<Tensors> {
  const count = (floatsOf(inputs.get("state"))[0] ?? 0) + 1;
  return new Map([
    ["output", tensorOf("FP32", [1, 1], [count / 10])],
    ["stateN", { dtype: "FP32", shape: [2, 1, 128], data: new Float32Array(256).fill(count) }],
  ]);
}

test("a sound runs frame by frame with context in front, its state carried from zeros", async () => {
  const preparation = await prepare(PARAMETERS);
  const seen: Tensors[] = [];
  const { outputs } = await preparation.predict(
    { kind: "contents", contents: [sound([1, 2, 3, 4, 5, 6, 7, 8, 9])] },
    async (inputs) => {
      seen.push(inputs);
      return counting(inputs);
    },
  );
  const frames = seen.map((inputs) => [...floatsOf(inputs.get("input"))].map((value) => value * 32_768));
  assert.deepEqual(frames, [
    [0, 0, 1, 2, 3, 4],
    [3, 4, 5, 6, 7, 8],
    [7, 8, 9, 0, 0, 0],
  ]);
  assert.deepEqual(seen[0]?.get("state")?.shape, [2, 1, 128]);
  assert.deepEqual(
    seen.map((inputs) => floatsOf(inputs.get("state"))[0]),
    [0, 1, 2],
  );
  assert.deepEqual(seen[0]?.get("sr"), tensorOf("INT64", [], [16_000n]));
  assert.deepEqual(outputs.get("output"), tensorOf("FP32", [3, 1], [0.1, 0.2, 0.3]));
  assert.equal(outputs.has("stateN"), false);
});

test("several sounds of one request do not share a state", async () => {
  const preparation = await prepare(PARAMETERS);
  const contents = [sound([1, 2, 3, 4, 5]), sound([1, 2, 3])];
  const { outputs } = await preparation.predict({ kind: "contents", contents }, counting);
  assert.deepEqual(outputs.get("output"), tensorOf("FP32", [3, 1], [0.1, 0.2, 0.1]));
});

test("frames overlap where the hop is shorter, and without frames the sound is one row", async () => {
  const lengths = async (frame: object | undefined) => {
    const { frame: _frame, ...rest } = PARAMETERS;
    const preparation = await prepare(frame ? { ...rest, frame } : rest);
    const seen: number[][] = [];
    await preparation.predict({ kind: "contents", contents: [sound([1, 2, 3, 4, 5])] }, async (inputs) => {
      seen.push([...(inputs.get("input")?.shape ?? [])]);
      return counting(inputs);
    });
    return seen;
  };
  assert.deepEqual(await lengths({ samples: 4, hop: 2 }), [
    [1, 4],
    [1, 4],
    [1, 4],
  ]);
  assert.deepEqual(await lengths(undefined), [[1, 5]]);
});

test("segments answer where the probability is high, one answer per sound", async () => {
  const outputPreparation = [
    { name: "segments", parameters: { output: "output", frameMs: 100, minSpeechMs: 100, threshold: 0.2 } },
  ];
  const preparation = await prepare(PARAMETERS, outputPreparation);
  const { predictions } = await preparation.predict(
    { kind: "contents", contents: [sound([1, 2, 3, 4, 5, 6, 7, 8, 9])] },
    counting,
  );
  assert.deepEqual(predictions, [
    {
      segments: [{ startMs: 100, endMs: 300, probability: 0.25 }],
      seconds: 0.3,
    },
  ]);
});

test("a sound that is too long or empty is refused with both lengths", async () => {
  const preparation = await prepare({ ...PARAMETERS, maxSeconds: 0.0001 });
  const predict = async (samples: readonly number[]) =>
    preparation.predict({ kind: "contents", contents: [sound(samples)] }, counting);
  await assert.rejects(
    predict([1, 2, 3]),
    (error) => error instanceof PlatformError && error.code === "too_large",
  );
  await assert.rejects(predict([]), /sound 1 is empty/);
});

const wrong: { readonly parameters: object; readonly message: RegExp }[] = [
  {
    parameters: { ...PARAMETERS, states: [] },
    message: /parameter input: "none" is not of this model, expected input, state/,
  },
  {
    parameters: { ...PARAMETERS, states: [{ input: "state", output: "next" }] },
    message: /parameter states: "next" is not of this model, expected output, stateN/,
  },
  {
    parameters: { ...PARAMETERS, constants: {}, input: "input" },
    message: /input "sr" is neither a state nor a constant/,
  },
  {
    parameters: { ...PARAMETERS, constants: { sr: 1.5 } },
    message: /parameter constants.sr: 1.5 is not INT64/,
  },
  { parameters: { ...PARAMETERS, frame: { samples: 0 } }, message: /parameter frame.samples/ },
];

for (const { parameters, message } of wrong) {
  test(`the step sound is refused at load: ${message.source}`, async () => {
    await assert.rejects(prepare(parameters), message);
  });
}
