import assert from "node:assert/strict";
import { test } from "node:test";
import { asWav, writeWav } from "./wav.ts";

test("samples become a WAV file of 16 bits that the browser need not decode again", async () => {
  const bytes = writeWav(Float32Array.of(0, 0.5, -1, 2), 16_000);
  const view = new DataView(bytes);
  assert.equal(bytes.byteLength, 52);
  assert.equal(view.getUint32(24, true), 16_000);
  assert.deepEqual(
    [0, 1, 2, 3].map((at) => view.getInt16(44 + at * 2, true)),
    [0, 16_383, -32_767, 32_767],
  );
  const again = await asWav(new Blob([bytes]));
  assert.equal(again.type, "audio/wav");
  assert.deepEqual(new Uint8Array(await again.arrayBuffer()), new Uint8Array(bytes));
});
