import { readFile } from "node:fs/promises";
import { PlatformError } from "../base/index.ts";
import { INPUT, matrixOf, readMatrix } from "../convert/index.ts";
import { parseManifest, type Signature } from "../model/index.ts";
import { createPreparation } from "../prepare/index.ts";
import { forSamples, type GivenRows } from "./given-rows.ts";

/** A model of one matrix of numbers. */
interface MatrixModel {
  readonly features: number;
  /** As the converter made it. */
  readonly manifest: unknown;
}

/** Rows that a user gave as the matrix of a model, prepared as those of a request are. @throws PlatformError */
export async function givenMatrix(
  given: GivenRows,
  path: string,
  { features, manifest }: MatrixModel,
): Promise<Float32Array> {
  return await forSamples(path, async () => {
    if ("path" in given) {
      if (given.kind === "npy") return readMatrix(await readFile(given.path), features);
      throw new PlatformError("invalid_argument", "it is an archive of arrays", { expected: "one array" });
    }
    let matrix: Float32Array | undefined;
    const preparation = await createPreparation(
      signatureOf(features),
      parseManifest(JSON.stringify(manifest)),
    );
    await preparation.predict(given, async (inputs) => {
      const prepared = inputs.get(INPUT);
      if (prepared) matrix = matrixOf(prepared, features);
      return new Map();
    });
    if (matrix) return matrix;
    throw new PlatformError("internal", "rows became no matrix");
  });
}

/** Nothing is computed: the rows are only prepared. */
const signatureOf = (features: number): Signature => ({
  inputs: [{ name: INPUT, dtype: "FP32", shape: [-1, features], batchAxis: 0 }],
  outputs: [],
});
