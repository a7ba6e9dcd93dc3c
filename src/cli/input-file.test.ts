import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sniff } from "./input-file.ts";

test("the first bytes tell what standard input is", () => {
  assert.equal(sniff(readFileSync("examples/data/ankle-boot.png")), "image/png");
  assert.equal(sniff(readFileSync("examples/data/speech.wav")), "audio/wav");
  assert.equal(sniff(Buffer.from("ffd8ffe0", "hex")), "image/jpeg");
  assert.equal(sniff(Buffer.from("RIFF\0\0\0\0WEBP")), "image/webp");
  assert.equal(sniff(Buffer.from('\n {"a": 1}')), "application/json");
  assert.equal(sniff(Buffer.from("[1]")), "application/json");
  assert.equal(sniff(Buffer.from("Dear friend")), "text/plain");
  assert.equal(sniff(Buffer.alloc(0)), "text/plain");
});
