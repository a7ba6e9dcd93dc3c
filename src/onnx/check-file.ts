import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { type Deadline, PlatformError } from "../base/index.ts";
import { decodeModel } from "./decode.ts";
import { type ExternalData, openExternal } from "./external-data.ts";
import { describeModel, type ModelInfo } from "./inspect.ts";
import { Intake } from "./intake.ts";
import type { ModelLimits } from "./limits.ts";
import { checkModel } from "./model-check.ts";
import type { ModelProto } from "./proto.ts";
import { refusal } from "./refusal.ts";

/** A model file that native code may see. */
export interface CheckedModel {
  /**
   * SHA-256, hex: of the file; where it has external data, of the file followed by the name and
   * the bytes of each external file in the order of names.
   */
  readonly digest: string;
  /** Of the file and its external data together. */
  readonly bytes: number;
  readonly info: ModelInfo;
  /** Names of the external data files beside the model. */
  readonly externalFiles: readonly string[];
}

/**
 * Checks a model file before native code sees it: that it is ONNX, whole, of bounded size and
 * nesting, of known opsets and operators, without cycles or forged names, and that its external
 * data are plain files beside it. Each file is read once.
 *
 * @throws PlatformError `failed_precondition` with a reason a user understands; `not_found`;
 *   `too_large`; the reason of the deadline.
 */
export async function checkFile(
  path: string,
  limits: ModelLimits,
  deadline?: Deadline,
): Promise<CheckedModel> {
  const intake = new Intake(createHash("sha256"), limits.maxBytes, deadline);
  const bytes = await intake.readModel(path);
  const model = decode(basename(path), bytes, limits.maxParts);
  const files = byLocation(checkModel(model, limits), limits.maxExternalFiles);
  for (const [location, pieces] of files) await takeExternal(intake, dirname(path), location, pieces);
  return {
    digest: intake.digest(),
    bytes: intake.bytes,
    info: describeModel(model),
    externalFiles: files.map(([location]) => location),
  };
}

function decode(name: string, bytes: Uint8Array, maxParts: number): ModelProto {
  try {
    const model = decodeModel(bytes, maxParts);
    if (model.graph) return model;
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    throw unreadable(name, bytes, error);
  }
  throw refusal(`${name} is not an ONNX file: it has no graph`, { field: name, expected: "an ONNX file" });
}

/** A file that starts like ONNX and ends too early is one thing, something else altogether another. */
function unreadable(name: string, bytes: Uint8Array, cause: PlatformError): PlatformError {
  const { problem, ...details } = explain(bytes, cause.message);
  return refusal(`${name} ${problem} (${cause.message})`, { field: name, ...details, cause });
}

function explain(bytes: Uint8Array, message: string) {
  if (message.includes("nested too deep")) {
    return { problem: "is nested too deep", expected: "at most 100 messages within messages" };
  }
  if (message.includes("too many parts")) {
    return { problem: "holds too many nodes, attributes and strings", expected: "fewer of them" };
  }
  const startsLikeOnnx = bytes[0] === 0x08 && (bytes[1] ?? 0xff) < 0x40;
  const expected = "a whole ONNX file";
  if (!startsLikeOnnx || !/ends within|passes the end/.test(message)) {
    return { problem: "is not an ONNX file", expected };
  }
  const hint = "Copy the file again and compare its size and SHA-256.";
  return { problem: `is cut short at ${bytes.length} bytes, or damaged`, expected, hint };
}

/** Pieces of external data by file, in the order of names. */
function byLocation(external: readonly ExternalData[], maxFiles: number): [string, ExternalData[]][] {
  const files = [...Map.groupBy(external, ({ location }) => location)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  if (files.length <= maxFiles) return files;
  throw refusal(`the model has ${files.length} files of external data`, {
    field: "external_data",
    expected: `at most ${maxFiles}`,
  });
}

async function takeExternal(
  intake: Intake,
  folder: string,
  location: string,
  pieces: readonly ExternalData[],
): Promise<void> {
  const { file, bytes } = await openExternal(folder, location, pieces);
  try {
    await intake.takeExternal(file, location, bytes);
  } finally {
    await file.close();
  }
}
