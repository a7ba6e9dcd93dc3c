import { readFile } from "node:fs/promises";
import { PlatformError } from "../base/index.ts";
import { inspectModel, type ModelInfo } from "../onnx/index.ts";
import type { Artifact } from "./contract.ts";

/**
 * What the artifact's file says of itself: as it was found by the check, else read now.
 *
 * @throws PlatformError `failed_precondition` if the file is not an ONNX model.
 */
export async function modelInfo(artifact: Artifact): Promise<ModelInfo> {
  if (artifact.info) return artifact.info;
  try {
    return inspectModel(await readFile(artifact.path));
  } catch (thrown) {
    const { message } = PlatformError.from(thrown);
    throw new PlatformError("failed_precondition", `the model does not load: ${message}`, {
      field: "model.onnx",
      hint: "The file is not an ONNX model, or it was not copied completely.",
      cause: thrown,
    });
  }
}
