import { type Draft, encodeChunks } from "../../base/index.ts";
import { encodeRaw } from "../../tensor/index.ts";
import type { InferAnswer } from "./infer.ts";
import { type ModelInferResponse, modelInferResponse } from "./infer-messages.ts";

/** An answer as its message: every output raw, because stock clients read nothing else. */
export function inferResponse(
  { model, version, outputs }: InferAnswer,
  id: string,
): Draft<ModelInferResponse> {
  const descriptions: { name: string; datatype: string; shape: readonly number[] }[] = [];
  const raws: Uint8Array[] = [];
  for (const [name, tensor] of outputs) {
    descriptions.push({ name, datatype: tensor.dtype, shape: tensor.shape });
    raws.push(encodeRaw(tensor));
  }
  return {
    model_name: model,
    model_version: String(version),
    id,
    outputs: descriptions,
    raw_output_contents: raws,
  };
}

/** The bytes of that message; large tensors are chunks of their own. */
export function encodeInferResponse(answer: InferAnswer, id: string): Uint8Array[] {
  return encodeChunks(modelInferResponse, inferResponse(answer, id));
}
