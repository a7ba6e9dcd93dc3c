import assert from "node:assert/strict";
import { test } from "node:test";
import { resample } from "./resample.ts";

const tone = (hertz: number, rate: number, seconds = 0.2) =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / rate),
  );

/** Largest difference away from the ends, where the filter sees silence. */
function difference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 400; i < Math.min(a.length, b.length) - 400; i++) {
    largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  }
  return largest;
}

const rates: readonly (readonly [number, number])[] = [
  [8000, 16_000],
  [22_050, 16_000],
  [44_100, 16_000],
  [48_000, 16_000],
  [16_000, 44_100],
  [11_025, 48_000],
];

for (const [from, to] of rates) {
  test(`a tone of 440 Hz stays that tone from ${from} to ${to} Hz`, async () => {
    const resampled = await resample(tone(440, from), from, to);
    assert.equal(resampled.length, Math.round((tone(440, from).length * to) / from));
    assert.ok(difference(resampled, tone(440, to)) < 0.005);
  });
}

test("a tone above half the new rate is silenced, not folded back", async () => {
  const resampled = await resample(tone(12_000, 48_000), 48_000, 16_000);
  assert.ok(difference(resampled, new Float32Array(resampled.length)) < 0.01);
});

test("the same rate gives the same samples, and a constant stays constant", async () => {
  const samples = tone(440, 16_000);
  assert.equal(await resample(samples, 16_000, 16_000), samples);
  const constant = await resample(new Float32Array(4000).fill(0.5), 44_100, 16_000);
  assert.ok(constant.subarray(100, -100).every((value) => Math.abs(value - 0.5) < 1e-6));
});
