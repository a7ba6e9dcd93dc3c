import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestSchema, type Signature } from "../model/index.ts";
import { type Tensors, tensorOf } from "../tensor/index.ts";
import { createPreparation } from "./preparation.ts";

const WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "film", "##s", "a"];

/** A WordPiece tokenizer as BERT has it, with a vocabulary of nine. */
const TOKENIZER = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
      "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
    },
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(WORDS.map((word, i) => [word, i])),
  },
};

const ids = (name: string) => ({ name, dtype: "INT64", shape: [-1, -1], batchAxis: 0 }) as const;

const BERT: Signature = {
  inputs: [ids("input_ids"), ids("attention_mask"), ids("token_type_ids")],
  outputs: [{ name: "score", dtype: "FP32", shape: [-1, 1], batchAxis: 0 }],
};

const files = async (name: string) => {
  if (name === "tokenizer.json") return Buffer.from(JSON.stringify(TOKENIZER));
  if (name === "broken.json") return Buffer.from("{");
  throw Object.assign(new Error(`ENOENT: ${name}`), { code: "ENOENT" });
};

async function prepare(parameters: object = {}, signature = BERT) {
  const inputPreparation = [{ name: "text" }, { name: "tokenize", parameters }];
  return createPreparation(signature, manifestSchema.parse({ inputPreparation }), files);
}

async function inputsOf(texts: readonly string[], parameters: object = {}): Promise<Tensors> {
  const preparation = await prepare(parameters);
  let seen: Tensors = new Map();
  await preparation.predict({ kind: "rows", rows: texts.map((text) => ({ text })) }, async (inputs) => {
    seen = inputs;
    return new Map([
      [
        "score",
        tensorOf(
          "FP32",
          [texts.length, 1],
          texts.map(() => 0),
        ),
      ],
    ]);
  });
  return seen;
}

test("texts become token numbers, padded to the longest, with mask and segments", async () => {
  const inputs = await inputsOf(["Good films", "bad"]);
  assert.deepEqual(inputs.get("input_ids"), tensorOf("INT64", [2, 5], [2, 4, 6, 7, 3, 2, 5, 3, 0, 0]));
  assert.deepEqual(inputs.get("attention_mask"), tensorOf("INT64", [2, 5], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]));
  assert.deepEqual(
    inputs.get("token_type_ids"),
    tensorOf(
      "INT64",
      [2, 5],
      Array.from({ length: 10 }, () => 0),
    ),
  );
});

test("a text that is too long is cut and keeps its last special token", async () => {
  const inputs = await inputsOf(["good bad good bad good"], { maxLength: 4 });
  assert.deepEqual(inputs.get("input_ids"), tensorOf("INT64", [1, 4], [2, 4, 5, 3]));
});

test("texts are taken as rows and as contents", async () => {
  const preparation = await prepare();
  assert.equal(preparation.contents, "text");
  const run = async () => new Map([["score", tensorOf("FP32", [1, 1], [0.5])]]);
  const contents = [{ mediaType: "text/plain", bytes: Buffer.from("good") }];
  assert.deepEqual((await preparation.predict({ kind: "contents", contents }, run)).predictions, [
    { score: 0.5 },
  ]);
  assert.deepEqual((await preparation.predict({ kind: "rows", rows: [["good"]] }, run)).predictions, [
    { score: 0.5 },
  ]);
  await assert.rejects(
    preparation.predict({ kind: "rows", rows: [{ text: 1 }] }, run),
    /row 1, column "text": got 1 \(number\), expected text/,
  );
});

const wrong: { readonly parameters: object; readonly message: RegExp }[] = [
  { parameters: { file: "missing.json" }, message: /file "missing.json" is not beside the model/ },
  { parameters: { file: "../secret.json" }, message: /file "..\/secret.json" cannot be beside a model/ },
  { parameters: { file: ".hidden" }, message: /cannot be beside a model/ },
  { parameters: { file: "broken.json" }, message: /broken.json is no tokenizer file/ },
  {
    parameters: { mask: "mask" },
    message: /input "attention_mask" is none of input_ids, mask, token_type_ids/,
  },
  { parameters: { maxLength: 1 }, message: /parameter maxLength/ },
];

for (const { parameters, message } of wrong) {
  test(`the step tokenize is refused at load: ${message.source}`, async () => {
    await assert.rejects(prepare(parameters), message);
  });
}
