import assert from "node:assert/strict";
import { test } from "node:test";
import { PlatformError } from "../base/index.ts";
import { type Content, manifestSchema, type Signature } from "../model/index.ts";
import { type Tensor, type Tensors, tensorOf } from "../tensor/index.ts";
import { createPreparation } from "./preparation.ts";

const TEXT: Signature = {
  inputs: [{ name: "text", dtype: "BYTES", shape: [-1, 1], batchAxis: 0 }],
  outputs: [{ name: "length", dtype: "INT32", shape: [-1], batchAxis: 0 }],
};

const content = (text: string | Uint8Array): Content => ({
  mediaType: "text/plain",
  bytes: Buffer.from(text),
});

const lengths = async (inputs: Tensors): Promise<Tensors> => {
  const texts = (inputs.get("text") as Tensor<"BYTES">).data.toArray();
  return new Map([
    [
      "length",
      tensorOf(
        "INT32",
        [texts.length],
        texts.map((text) => text.length),
      ),
    ],
  ]);
};

test("a model of a single text input takes texts without a manifest, all in one run", async () => {
  const preparation = await createPreparation(TEXT, manifestSchema.parse({}));
  assert.equal(preparation.contents, "text");
  const { predictions } = await preparation.predict(
    { kind: "contents", contents: [content("abc"), content("")] },
    lengths,
  );
  assert.deepEqual(predictions, [{ length: 3 }, { length: 0 }]);
});

test("a long text is cut to the manifest's characters, not in the middle of one", async () => {
  const manifest = manifestSchema.parse({
    inputPreparation: [{ name: "text", parameters: { maxCharacters: 3 } }],
  });
  const preparation = await createPreparation(TEXT, manifest);
  const { predictions } = await preparation.predict(
    { kind: "contents", contents: [content("abcdef"), content("ab😀")] },
    lengths,
  );
  assert.deepEqual(predictions, [{ length: 3 }, { length: 2 }]);
});

test("bytes that are not UTF-8 are refused", async () => {
  const preparation = await createPreparation(TEXT, manifestSchema.parse({}));
  const contents = [content("good"), content(Uint8Array.of(0xff, 0xfe))];
  await assert.rejects(preparation.predict({ kind: "contents", contents }, lengths), /text 2 is not UTF-8/);
});

test("a model of numbers takes no contents, and the error names its columns", async () => {
  const signature: Signature = {
    inputs: [{ name: "age", dtype: "FP32", shape: [-1, 1], batchAxis: 0 }],
    outputs: [],
  };
  const preparation = await createPreparation(signature, manifestSchema.parse({}));
  assert.equal(preparation.contents, undefined);
  await assert.rejects(
    preparation.predict({ kind: "contents", contents: [content("x")] }, lengths),
    /takes no pictures, sounds or texts/,
  );
  await assert.rejects(
    preparation.predict({ kind: "contents", contents: [content(' {"age": 1}')] }, lengths),
    (error) =>
      error instanceof PlatformError && /content-type: application\/json/.test(error.details.hint ?? ""),
  );
});
