import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { type Compression, decompress } from "./decompress.ts";

const TEXT = Buffer.from("many rows, many rows, many rows");
const COMPRESSED: Readonly<Record<Compression, Uint8Array>> = {
  gzip: gzipSync(TEXT),
  deflate: deflateSync(TEXT),
  br: brotliCompressSync(TEXT),
};

for (const compression of Object.keys(COMPRESSED) as Compression[]) {
  test(`${compression} is undone up to the limit, and no further`, async () => {
    const bytes = COMPRESSED[compression];
    assert.deepEqual(await decompress(bytes, compression, TEXT.length), TEXT);
    assert.equal(await decompress(bytes, compression, TEXT.length - 1), "too large");
  });

  test(`what is no ${compression}, or only half of it, is an error`, async () => {
    await assert.rejects(decompress(TEXT, compression, 1000), Error);
    await assert.rejects(decompress(COMPRESSED[compression].subarray(0, 8), compression, 1000), Error);
  });
}
