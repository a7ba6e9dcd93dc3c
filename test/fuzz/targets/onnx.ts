import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkModelFile,
  decodeModel,
  encodeModel,
  signatureOf,
  unservedOutputs,
} from "../../../src/onnx/index.ts";
import { mutate } from "../mutate.ts";
import { type FuzzTarget, refusable, refusableLater } from "../target.ts";

const MODELS = "test/artifacts/models";
const HOSTILE = "test/artifacts/hostile";
/** Small files change in interesting places; large ones mostly in their weights. */
const MAX_SEED_BYTES = 30_000;
const SEEDS = [
  ...readdirSync(MODELS).map((model) => readFileSync(join(MODELS, model, "1/model.onnx"))),
  ...readdirSync(HOSTILE)
    .filter((file) => file.endsWith(".onnx"))
    .map((file) => readFileSync(join(HOSTILE, file))),
].filter(({ length }) => length < MAX_SEED_BYTES);

/** Damaged ONNX files through the codec: refused by name, or read and written to the same again. */
export const onnxCodecTarget: FuzzTarget = {
  name: "onnx-codec",
  run(random) {
    const bytes = mutate(random.pick(SEEDS), random, random.pick(SEEDS));
    const model = refusable(() => decodeModel(bytes));
    if (model === undefined) return;
    const written = encodeModel(model);
    assert.deepEqual(Buffer.from(encodeModel(decodeModel(written))), Buffer.from(written));
  },
};

let folder: string | undefined;

/** Damaged ONNX files through every check that stands before native code. */
export const onnxCheckTarget: FuzzTarget = {
  name: "onnx-check",
  async run(random) {
    folder ??= mkdtempSync(join(tmpdir(), "sirve-fuzz-"));
    const path = join(folder, "model.onnx");
    writeFileSync(path, mutate(random.pick(SEEDS), random, random.pick(SEEDS)));
    const checked = await refusableLater(async () => checkModelFile(path));
    if (checked === undefined) return;
    refusable(() => signatureOf(checked.info));
    unservedOutputs(checked.info);
  },
  close() {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  },
};
