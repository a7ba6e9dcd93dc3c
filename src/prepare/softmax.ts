import { z } from "zod";
import type { Signature } from "../model/index.ts";
import type { Tensor, Tensors } from "../tensor/index.ts";
import { parseParameters, type Step } from "./parameters.ts";
import { scoreAt, scoreOutput } from "./scores.ts";

/** Parameters of the step `softmax`. */
export const softmaxParameters = z
  .strictObject({
    output: z.string().optional().describe("Output of scores; default: the only float output."),
    axis: z.literal([-1, 1]).default(-1).describe("The axis of the classes, which is the last one."),
  })
  .describe(
    "Turns scores into probabilities for the steps that follow; the output itself stays as the model gave it.",
  );

/** Compiles the step `softmax`: a map of outputs to one with probabilities in the place of scores. */
export function createSoftmax(signature: Signature, step: Step): (outputs: Tensors) => Tensors {
  const spec = scoreOutput(signature, "softmax", parseParameters(step, softmaxParameters).output);
  return (outputs) => {
    const scores = outputs.get(spec.name);
    return scores ? new Map(outputs).set(spec.name, softmax(scores)) : outputs;
  };
}

/**
 * Softmax over the last axis, [..., k] → [..., k], of FP64 for FP64 and FP32 for narrower scores;
 * shifted by the largest score, so that nothing overflows.
 */
export function softmax(scores: Tensor): Tensor {
  const width = scores.shape.at(-1) ?? 1;
  const data = new Float64Array(scores.data.length);
  for (let start = 0; start < data.length; start += width) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + width; i++) largest = Math.max(largest, scoreAt(scores, i));
    let sum = 0;
    for (let i = start; i < start + width; i++) {
      const value = Math.exp(scoreAt(scores, i) - largest);
      data[i] = value;
      sum += value;
    }
    for (let i = start; i < start + width; i++) data[i] = (data[i] ?? 0) / sum;
  }
  const { shape } = scores;
  return scores.dtype === "FP64"
    ? { dtype: "FP64", shape, data }
    : { dtype: "FP32", shape, data: Float32Array.from(data) };
}
