import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { emptyManifest, parseManifest } from "../model/index.ts";
import { type DType, isDType, type Tensor, type Tensors, tensorOf } from "../tensor/index.ts";
import type { Artifact } from "./contract.ts";

const MODELS = resolve("test/artifacts/models");

/** A model of test/artifacts as an artifact, with its manifest where it has one. */
export async function fixture(name: string, version = 1): Promise<Artifact> {
  const folder = join(MODELS, name);
  const manifestPath = join(folder, "model.json");
  const manifest = existsSync(manifestPath)
    ? parseManifest(await readFile(manifestPath, "utf8"))
    : emptyManifest;
  return { ...(await artifactAt(join(folder, String(version), "model.onnx"))), manifest };
}

/** Any file as an artifact without a manifest. */
export async function artifactAt(path: string): Promise<Artifact> {
  const bytes = await readFile(path);
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { path: resolve(path), digest, bytes: bytes.length, manifest: emptyManifest };
}

/** Inputs with what the model's own library made of them. */
export interface Case {
  readonly inputs: Tensors;
  readonly outputs: Tensors;
}

interface JsonTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: number[];
  readonly data: (number | string | boolean)[];
  readonly words?: (number | string)[];
}

/** The `cases` of a model's samples.json. */
export async function casesOf(name: string): Promise<Case[]> {
  const { cases } = (await samplesJson(name)) as { cases: { inputs: JsonTensor[]; outputs: JsonTensor[] }[] };
  return cases.map((one) => ({ inputs: tensorsOf(one.inputs), outputs: tensorsOf(one.outputs) }));
}

/** One person's row: columns in, columns out. */
export interface Sample {
  readonly image?: string;
  readonly inputs?: Record<string, number | string | null>;
  readonly outputs: Record<string, unknown>;
  readonly version2?: Record<string, unknown>;
}

/** The `samples` of a model's samples.json. */
export async function samplesOf(name: string): Promise<Sample[]> {
  return ((await samplesJson(name)) as { samples: Sample[] }).samples;
}

/** Samples by column as tensors of shape [n, 1]. */
export function columnsOf(samples: readonly Sample[], dtypes: ReadonlyMap<string, DType>): Tensors {
  const inputs = new Map<string, Tensor>();
  for (const [name, dtype] of dtypes) {
    const values = samples.map((sample) => sample.inputs?.[name] ?? (dtype === "BYTES" ? "" : Number.NaN));
    inputs.set(name, tensorOf(dtype, [samples.length, 1], values));
  }
  return inputs;
}

/** The pictures of samples as one tensor [n, 1, 28, 28] of 0 … 1. */
export async function picturesOf(samples: readonly Sample[]): Promise<Tensor> {
  const pixels: number[] = [];
  for (const { image = "" } of samples) {
    const grey = await sharp(join(MODELS, "..", image))
      .greyscale()
      .raw()
      .toBuffer();
    for (const value of grey) pixels.push(value / 255);
  }
  return tensorOf("FP32", [samples.length, 1, 28, 28], pixels);
}

async function samplesJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(MODELS, name, "samples.json"), "utf8"));
}

function tensorsOf(tensors: readonly JsonTensor[]): Tensors {
  return new Map(tensors.map((tensor) => [tensor.name, tensorOfJson(tensor)]));
}

/** FP16 and BF16 come as their bits in `words`; what JSON cannot hold comes as text. */
function tensorOfJson({ datatype, shape, data, words }: JsonTensor): Tensor {
  if (!isDType(datatype)) throw new RangeError(`fixture of unknown type ${datatype}`);
  const isHalf = datatype === "FP16" || datatype === "BF16";
  return tensorOf(datatype, shape, isHalf && words ? words : data);
}
