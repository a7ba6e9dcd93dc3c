import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NativeBuffer } from "./native-buffer.ts";

test("a buffer always has room for what was reserved, aligned, and says when it moved", () => {
  const sizes = fc.array(fc.oneof(fc.nat(2000), fc.nat(5_000_000)), { maxLength: 30 });
  fc.assert(
    fc.property(sizes, (reserved) => {
      const buffer = new NativeBuffer();
      let [address, memory] = [buffer.address, buffer.memory];
      for (const bytes of reserved) {
        const moved = buffer.reserve(bytes);
        assert.equal(moved, memory !== buffer.memory);
        assert.ok(buffer.capacity >= bytes);
        assert.equal(buffer.address % 64, 0);
        if (!moved) assert.equal(buffer.address, address);
        new Uint8Array(buffer.memory).fill(1, 0, bytes);
        [address, memory] = [buffer.address, buffer.memory];
      }
      buffer.free();
      assert.equal(buffer.capacity, 0);
    }),
  );
});

test("it grows by doubling, and shrinks once it has long been far too large", () => {
  const buffer = new NativeBuffer();
  buffer.reserve(10_000_000);
  assert.equal(buffer.reserve(10_000_001), true);
  assert.equal(buffer.capacity, 20_000_000);
  for (let use = 0; use < 255; use++) assert.equal(buffer.reserve(1000 + use), false);
  assert.equal(buffer.reserve(100), true);
  assert.equal(buffer.capacity, 1254);
  buffer.free();
});

test("one large use among small ones keeps the memory", () => {
  const buffer = new NativeBuffer();
  buffer.reserve(8_000_000);
  for (let use = 0; use < 1000; use++) buffer.reserve(use % 200 === 0 ? 7_000_000 : 10);
  assert.equal(buffer.capacity, 8_000_000);
  buffer.free();
});
