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
  verifyRows,
} from "../convert/index.ts";
import { encodeModel } from "../onnx/index.ts";
import { givenMatrix } from "./given-matrix.ts";
import { readGivenRows } from "./given-rows.ts";
import { AT_EDGES, differenceText, type Imported } from "./imported.ts";
import { withModelFile } from "./model-file.ts";

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
    samples,
    options,
  }: { path: string; format: Format; folder: string; samples: string | undefined; options: ConvertOptions },
): Promise<Imported> {
  await checkSize(path, config.engine.maxArtifactBytes);
  const converted = convert(format, await readFile(path), options);
  const rows = samples === undefined ? undefined : await givenRowsOf(converted, samples);
  await mkdir(folder, { recursive: true });
  const modelPath = join(folder, "model.onnx");
  await writeFile(modelPath, encodeModel(converted.model));
  const compared = await verifyFile(config, converted, modelPath, rows);
  const manifest = {
    manifestVersion: 1,
    ...converted.manifest,
    origin: originOf(converted.source, compared),
  };
  await writeFile(join(folder, "model.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const { source, notes, features } = converted;
  return { source, ...compared, notes, takes: `${features} columns`, drawn: AT_EDGES };
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

type ComparedModel = Pick<Imported, "verified" | "given">;

const originOf = ({ format, version, objective }: Source, compared: ComparedModel) =>
  `${format} ${version}, ${objective}; converted by Sirve, ${differenceText(compared)}`;

const givenRowsOf = async ({ features, manifest }: Converted, path: string): Promise<Float32Array> =>
  givenMatrix(await readGivenRows(path), path, { features, manifest: { manifestVersion: 1, ...manifest } });

/** Compares the two on rows beside the model's own decisions, and on those given. */
async function verifyFile(
  config: Config,
  converted: Converted,
  path: string,
  given: Float32Array | undefined,
): Promise<ComparedModel> {
  return await withModelFile(config, path, async (run, digest) => {
    const computed = async (rows: Float32Array) => {
      const shape = [rows.length / Math.max(1, converted.features), converted.features];
      const outputs = await run(new Map([[INPUT, { dtype: "FP32", shape, data: rows } as const]]));
      const found = outputs.get(converted.checkedOutput.name);
      return found?.data instanceof Float32Array ? found.data : [];
    };
    const verified: Verified = await verify(converted, computed, randomOf(digest));
    if (given === undefined) return { verified };
    return { verified, given: await verifyRows(converted, computed, given) };
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
