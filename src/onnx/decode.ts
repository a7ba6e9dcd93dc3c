import { decodeMessage } from "../base/index.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { ModelProto } from "./proto.ts";
import { modelTable } from "./schema.ts";

/** Messages within messages: protobuf's own limit in ONNX Runtime; 30 levels of If just fit. */
const MAX_DEPTH = 100;

/**
 * Decodes an ONNX file. Weights stay where they are: `rawData` is a view of `bytes`.
 *
 * @throws PlatformError `invalid_argument`, "malformed protobuf: …".
 */
export function decodeModel(bytes: Uint8Array, maxParts = DEFAULT_LIMITS.maxParts): ModelProto {
  return decodeMessage(modelTable, bytes, { maxDepth: MAX_DEPTH, maxParts });
}
