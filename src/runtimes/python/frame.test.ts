import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FrameReader } from "./frame.ts";

test("frames are read whole wherever their bytes are cut", () => {
  const bytes = Buffer.concat([
    encodeFrame({ id: 1 }, [Buffer.from("abc"), Buffer.from("de")]),
    encodeFrame({ id: 2, text: "é" }),
  ]);
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < bytes.length; at += size) {
      frames.push(...reader.push(bytes.subarray(at, at + size)));
    }
    assert.deepEqual(
      frames.map(({ header, payload }) => [header, payload.toString()]),
      [
        [{ id: 1 }, "abcde"],
        [{ id: 2, text: "é" }, ""],
      ],
    );
  }
});

test("a frame that claims too much, or is no JSON, is refused before its bytes are kept", () => {
  const head = (header: number, payload: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(header, 0);
    bytes.writeUInt32LE(payload, 4);
    return bytes;
  };
  assert.throws(() => new FrameReader().push(head(0xffff_ffff, 0)), /a header of/);
  assert.throws(() => new FrameReader().push(head(2, 0x7fff_ffff)), /a payload of/);
  assert.throws(() => new FrameReader().push(Buffer.concat([head(2, 0), Buffer.from("{{")])), SyntaxError);
  assert.throws(() => encodeFrame({ text: "x".repeat(1024 * 1024) }), { code: "too_large" });
});
