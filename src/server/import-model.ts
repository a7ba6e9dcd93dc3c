import { createHash } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PlatformError } from "../base/index.ts";
import type { Config } from "../config/index.ts";
import {
  type Converted,
  type ConvertOptions,
  convert,
  type Format,
  INPUT,
  type Source,
  type Verified,
  verify,
} from "../convert/index.ts";
import { encodeModel } from "../onnx/index.ts";
import { withModelFile } from "./model-file.ts";

/** A model of another library that has become files of a version. */
export interface Imported {
  readonly source: Source;
  readonly verified: Verified;
  readonly notes: readonly string[];
  readonly features: number;
}

/**
 * Converts a file into `model.onnx` and `model.json` in `folder`, and compares the two before anything trusts them.
 *
 * @throws PlatformError if it cannot be read or converted, or the result differs.
 */
export async function importModel(
  config: Config,
  {
    path,
    format,
    folder,
    options,
  }: { path: string; format: Format; folder: string; options: ConvertOptions },
): Promise<Imported> {
  await checkSize(path, config.engine.maxArtifactBytes);
  const converted = convert(format, await readFile(path), options);
  await mkdir(folder, { recursive: true });
  const modelPath = join(folder, "model.onnx");
  await writeFile(modelPath, encodeModel(converted.model));
  const verified = await verifyFile(config, converted, modelPath);
  const manifest = {
    manifestVersion: 1,
    ...converted.manifest,
    origin: originOf(converted.source, verified),
  };
  await writeFile(join(folder, "model.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const { source, notes, features } = converted;
  return { source, verified, notes, features };
}

async function checkSize(path: string, most: number): Promise<void> {
  const { size } = await stat(path);
  if (size <= most) return;
  throw new PlatformError("too_large", `the model file has ${size} bytes`, {
    field: "path",
    got: `${size} bytes`,
    expected: `at most ${most} bytes (engine.maxArtifactBytes)`,
  });
}

const originOf = ({ format, version, objective }: Source, { largestError, rows }: Verified) =>
  `${format} ${version}, ${objective}; converted by Sirve, differs by at most ${largestError.toExponential(1)} on ${rows} rows`;

/** Compares the two on rows beside the model's own decisions. */
async function verifyFile(config: Config, converted: Converted, path: string): Promise<Verified> {
  return await withModelFile(config, path, async (run, digest) => {
    const computed = async (rows: Float32Array) => {
      const shape = [rows.length / Math.max(1, converted.features), converted.features];
      const outputs = await run(new Map([[INPUT, { dtype: "FP32", shape, data: rows } as const]]));
      const found = outputs.get(converted.checkedOutput.name);
      return found?.data instanceof Float32Array ? found.data : [];
    };
    return await verify(converted, computed, randomOf(digest));
  });
}

/** The same rows for the same model, so that the figure it prints can be had again. */
function randomOf(digest: string): (below: number) => number {
  let block = Buffer.from(digest, "hex");
  let at = 0;
  return (below) => {
    if (at + 4 > block.length) [block, at] = [createHash("sha256").update(block).digest(), 0];
    at += 4;
    return block.readUInt32LE(at - 4) % below;
  };
}
