import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { wrongFormat } from "./sniff.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");

const formats: readonly (readonly [Uint8Array, string])[] = [
  [latin1(""), "m is empty"],
  [latin1("PK\x03\x04rest"), "m is a ZIP archive, not an ONNX file"],
  [latin1("GGUF\x03"), "m is a GGUF file, not an ONNX file"],
  [latin1("\x80\x04\x95"), "m is a Python pickle, not an ONNX file"],
  [latin1("\x89HDF\r\n\x1a\n"), "m is an HDF5 file, not an ONNX file"],
  [latin1("\x1f\x8b\x08"), "m is a gzip file, not an ONNX file"],
  [latin1("\x1c\0\0\0TFL3"), "m is a TensorFlow Lite file, not an ONNX file"],
  [
    latin1("version https://git-lfs.github.com/spec/v1"),
    "m is a Git LFS pointer, not the model itself, not an ONNX file",
  ],
  [latin1('{"learner": {}}'), "m is a JSON file, not an ONNX file"],
  [latin1("<!DOCTYPE html>"), "m is a web page, not an ONNX file"],
  [latin1('\x40\0\0\0\0\0\0\0{"w":{}}'), "m is a safetensors file, not an ONNX file"],
  [Buffer.concat([Buffer.alloc(257, "a"), latin1("ustar\x0000")]), "m is a tar archive, not an ONNX file"],
];
for (const [bytes, message] of formats) {
  test(`said of such a file: ${message}`, () => {
    assert.equal(wrongFormat("m", bytes)?.message, message);
  });
}

test("an ONNX file is none of these", () => {
  assert.equal(wrongFormat("m", readFileSync("test/artifacts/models/churn/1/model.onnx")), undefined);
});
