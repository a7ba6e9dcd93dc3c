import { z } from "zod";
import type { Json, Signature } from "../model/index.ts";
import { plainFloat, rowCount, type Tensor } from "../tensor/index.ts";
import type { Interpret } from "./contents.ts";
import { className } from "./labels.ts";
import { parseParameters, type Step, stepError } from "./parameters.ts";
import { scoreAt, scoreOutput } from "./scores.ts";

/** Parameters of the step `top`. */
export const topParameters = z
  .strictObject({
    k: z.int().min(1).max(1000).default(5).describe("How many classes to name."),
    output: z
      .string()
      .optional()
      .describe("Output of probabilities [n, classes]; default: the only float output."),
    labels: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("Class names in order; default: the manifest's, or the file's."),
  })
  .describe(
    'Answers {"label", "probability", "top": [{"label", "probability"}, …]} per row, the most probable first.',
  );

/** Compiles the step `top`. */
export function createTop(signature: Signature, step: Step, manifestLabels: readonly string[]): Interpret {
  const parameters = parseParameters(step, topParameters);
  const spec = scoreOutput(signature, "top", parameters.output);
  const stated = parameters.labels ?? manifestLabels;
  const labels = stated.length > 0 ? stated : (spec.labels ?? []);
  const width = spec.shape.at(-1) ?? -1;
  if (labels.length > 0 && width !== -1 && labels.length !== width) {
    throw stepError("top", `there are ${labels.length} labels, output "${spec.name}" has ${width} classes`);
  }
  return (outputs) => {
    const scores = outputs.get(spec.name) as Tensor; // The signature has it, and no output was left out.
    return Array.from({ length: rowCount(scores) }, (_, row) => topOf(scores, row, parameters.k, labels));
  };
}

function topOf(scores: Tensor, row: number, k: number, labels: readonly string[]): Json {
  const width = scores.data.length / Math.max(1, rowCount(scores));
  const best: { label: string | number; score: number }[] = [];
  for (let i = 0; i < width; i++) {
    const score = scoreAt(scores, row * width + i);
    if (best.length === k && score <= (best.at(-1)?.score ?? 0)) continue;
    const place = best.findIndex((other) => score > other.score);
    best.splice(place === -1 ? best.length : place, 0, { label: className(labels, i), score });
    best.length = Math.min(best.length, k);
  }
  const top = best.map(({ label, score }) => ({ label, probability: plainFloat(score, scores.dtype) }));
  const [first] = top;
  return { label: first?.label ?? null, probability: first?.probability ?? null, top };
}
