import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { PlatformError } from "../base/index.ts";
import { openWav } from "./wav.ts";

/** All samples of a file at once. */
function decodeWav(bytes: Uint8Array): { samples: Float32Array; sampleRate: number } {
  const file = openWav(bytes);
  const samples = new Float32Array(file.length);
  file.read(samples, 0, file.length);
  return { samples, sampleRate: file.sampleRate };
}

interface WavOptions {
  readonly code?: number;
  readonly channels?: number;
  readonly bits?: number;
  readonly rate?: number;
  readonly dataSize?: number;
  readonly before?: Buffer;
}

/** A WAV file around sample bytes. */
function wav(
  data: Uint8Array,
  { code = 1, channels = 1, bits = 16, rate = 16_000, dataSize, before }: WavOptions = {},
): Buffer {
  const format = Buffer.alloc(24);
  format.write("fmt ");
  format.writeUInt32LE(16, 4);
  format.writeUInt16LE(code, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(rate, 12);
  format.writeUInt32LE((rate * channels * bits) / 8, 16);
  format.writeUInt16LE((channels * bits) / 8, 20);
  format.writeUInt16LE(bits, 22);
  const head = Buffer.alloc(8);
  head.write("data");
  head.writeUInt32LE(dataSize ?? data.length, 4);
  const riff = Buffer.from("RIFF\0\0\0\0WAVE", "latin1");
  return Buffer.concat([riff, format, before ?? Buffer.alloc(0), head, data]);
}

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const encodings: { readonly name: string; readonly file: Buffer }[] = [
  { name: "8 bits", file: wav(Uint8Array.of(128, 192, 64), { bits: 8 }) },
  { name: "16 bits", file: wav(bytesOf(Int16Array.of(0, 16_384, -16_384))) },
  { name: "24 bits", file: wav(Uint8Array.of(0, 0, 0, 0, 0, 0x40, 0, 0, 0xc0), { bits: 24 }) },
  { name: "32 bits", file: wav(bytesOf(Int32Array.of(0, 2 ** 30, -(2 ** 30))), { bits: 32 }) },
  { name: "float 32", file: wav(bytesOf(Float32Array.of(0, 0.5, -0.5)), { code: 3, bits: 32 }) },
  { name: "float 64", file: wav(bytesOf(Float64Array.of(0, 0.5, -0.5)), { code: 3, bits: 64 }) },
];

for (const { name, file } of encodings) {
  test(`samples of ${name} are numbers from -1 to 1`, () => {
    assert.deepEqual(decodeWav(file), { samples: Float32Array.of(0, 0.5, -0.5), sampleRate: 16_000 });
  });
}

test("channels are mixed to their mean", () => {
  const { samples } = decodeWav(wav(bytesOf(Int16Array.of(16_384, 0, -16_384, 16_384)), { channels: 2 }));
  assert.deepEqual([...samples], [0.25, 0]);
});

test("other chunks are skipped, padded to an even length, and a real file is read whole", () => {
  const list = Buffer.from("LIST\x03\0\0\0abc\0", "latin1");
  assert.deepEqual([...decodeWav(wav(bytesOf(Int16Array.of(16_384)), { before: list })).samples], [0.5]);
  const speech = decodeWav(readFileSync("examples/data/speech.wav"));
  assert.equal(speech.sampleRate, 16_000);
  assert.ok(speech.samples.length > 80_000);
});

test("a data chunk that claims more than the file has ends with the file", () => {
  for (const dataSize of [0xffffffff, 1_000_000]) {
    assert.equal(decodeWav(wav(bytesOf(Int16Array.of(1, 2)), { dataSize })).samples.length, 2);
  }
});

const refusals: { readonly file: Buffer; readonly message: RegExp }[] = [
  { file: Buffer.alloc(0), message: /is no WAV file: got nothing/ },
  { file: Buffer.from("ID3 mp3 file here"), message: /is no WAV file/ },
  { file: wav(new Uint8Array(2)).subarray(0, 30), message: /has a format chunk that is cut off/ },
  { file: wav(new Uint8Array(2)).subarray(0, 36), message: /has no data chunk/ },
  {
    file: wav(new Uint8Array(2), { code: 2 }),
    message: /coded in a way that is not read: got format 2 of 16 bits/,
  },
  { file: wav(new Uint8Array(2), { channels: 0 }), message: /wrong number of channels/ },
  { file: wav(new Uint8Array(2), { rate: 10 }), message: /sample rate out of range/ },
  {
    file: wav(bytesOf(Float32Array.of(Number.NaN)), { code: 3, bits: 32 }),
    message: /a sample that is no number/,
  },
];

for (const { file, message } of refusals) {
  test(`a sound is refused: ${message.source}`, () => {
    assert.throws(
      () => decodeWav(file),
      (error) =>
        error instanceof PlatformError && error.code === "invalid_argument" && message.test(error.message),
    );
  });
}

test("any 16-bit samples read back as they were written", () => {
  fc.assert(
    fc.property(fc.int16Array(), fc.integer({ min: 1, max: 4 }), (samples, channels) => {
      const whole = samples.subarray(0, samples.length - (samples.length % channels));
      const naive = Array.from({ length: whole.length / channels }, (_, i) => {
        const frame = [...whole.subarray(i * channels, (i + 1) * channels)];
        return Math.fround(frame.reduce((sum, sample) => sum + sample / 32_768, 0) / channels);
      });
      assert.deepEqual([...decodeWav(wav(bytesOf(whole), { channels })).samples], naive);
    }),
  );
});
