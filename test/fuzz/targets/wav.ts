import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseManifest } from "../../../src/model/index.ts";
import { createPreparation } from "../../../src/prepare/index.ts";
import { tensorOf } from "../../../src/tensor/index.ts";
import { mutate } from "../mutate.ts";
import { type FuzzTarget, refusableLater } from "../target.ts";

const head = readFileSync("examples/data/speech.wav").subarray(0, 4096);
const SEEDS = [head, head.subarray(0, 100), wav(3, 32, 2), wav(1, 24, 1), wav(1, 8, 3), wav(0xfffe, 16, 1)];
const signature = {
  inputs: [{ name: "input", dtype: "FP32", shape: [-1, -1], batchAxis: 0 }],
  outputs: [{ name: "output", dtype: "FP32", shape: [-1, 1], batchAxis: 0 }],
} as const;
const manifest = parseManifest(
  '{"inputPreparation":[{"name":"sound","parameters":{"sampleRate":8000,"frame":{"samples":64},"maxSeconds":5}}]}',
);
const preparation = await createPreparation(signature, manifest);

/** Damaged WAV files: read and resampled to finite samples, or refused. */
export const wavTarget: FuzzTarget = {
  name: "wav",
  run: async (random) => {
    const bytes = mutate(random.pick(SEEDS), random, random.pick(SEEDS));
    const contents = [{ mediaType: "audio/wav", bytes }];
    await refusableLater(async () =>
      preparation.predict({ kind: "contents", contents }, async (inputs) => {
        const samples = inputs.get("input")?.data as Float32Array;
        assert.ok(samples.every((sample) => Number.isFinite(sample)));
        return new Map([["output", tensorOf("FP32", [1, 1], [0])]]);
      }),
    );
  },
};

function wav(code: number, bits: number, channels: number): Uint8Array {
  const bytes = Buffer.alloc(60 + 12 * channels);
  bytes.write("RIFF");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(code, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(16_000, 24);
  bytes.writeUInt32LE((16_000 * channels * bits) / 8, 28);
  bytes.writeUInt16LE((channels * bits) / 8, 32);
  bytes.writeUInt16LE(bits, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  return bytes;
}
