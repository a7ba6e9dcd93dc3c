import { type Draft, encodeChunks, encodeMessage } from "../base/index.ts";
import type { ModelProto } from "./proto.ts";
import { modelTable } from "./schema.ts";

/** Encodes a model into one buffer: what `decodeModel` read comes out byte for byte. */
export function encodeModel(model: Draft<ModelProto>): Uint8Array {
  return encodeMessage(modelTable, model);
}

/** The same as chunks to be written to a file one after the other; weights are not copied. */
export function encodeModelChunks(model: Draft<ModelProto>): Uint8Array[] {
  return encodeChunks(modelTable, model);
}
