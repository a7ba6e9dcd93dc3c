import { z } from "zod";
import type { Json, Signature, TensorSpec } from "../model/index.ts";
import { plainElement, plainNumber, rowCount, type Tensor, type Tensors } from "../tensor/index.ts";
import type { Interpret } from "./contents.ts";
import { parseParameters, type Step, stepError } from "./parameters.ts";
import { scoreAt, scoreOutput } from "./scores.ts";

/** Parameters of the step `labels`. */
export const labelsParameters = z
  .strictObject({
    label: z
      .string()
      .optional()
      .describe("Output of the chosen class: its name, or its number among the labels."),
    probabilities: z
      .string()
      .optional()
      .describe("Output of one probability per class; without label the largest wins."),
    labels: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("Class names in order; default: the manifest's, or the file's."),
  })
  .describe('Answers {"label", "probability", "probabilities"} per row.');

/** Where label and probabilities stand, and what the classes are called. */
export interface LabelOutputs {
  readonly label: TensorSpec | undefined;
  readonly probabilities: TensorSpec | undefined;
  readonly labels: readonly string[];
}

/**
 * Compiles the step `labels`.
 *
 * @throws PlatformError `invalid_argument` if the outputs are not there or the labels do not fit them.
 */
export function createLabels(signature: Signature, step: Step, manifestLabels: readonly string[]): Interpret {
  const parameters = parseParameters(step, labelsParameters);
  const label = parameters.label === undefined ? undefined : namedOutput(signature, parameters.label);
  const isNamed = parameters.probabilities !== undefined || !label;
  const probabilities = isNamed ? scoreOutput(signature, "labels", parameters.probabilities) : undefined;
  const own = parameters.labels ?? probabilities?.labels ?? [];
  return interpretLabels({ label, probabilities, labels: own.length > 0 ? own : manifestLabels });
}

/** One `{ label, probability, probabilities }` per row, of whichever of them the outputs tell. */
export function interpretLabels(found: LabelOutputs): Interpret {
  checkLabels(found);
  const { label, probabilities, labels } = found;
  return (outputs) => {
    const [chosen, scores] = [tensorOf(outputs, label), tensorOf(outputs, probabilities)];
    const rows = rowCount((chosen ?? scores) as Tensor);
    const predictions: Json[] = [];
    for (let row = 0; row < rows; row++) predictions.push(predictRow(row, chosen, scores, labels));
    return predictions;
  };
}

/** The name of class `index`, or its number where it has none. */
export function className(labels: readonly string[], index: number): string | number {
  return labels[index] ?? index;
}

function predictRow(
  row: number,
  chosen: Tensor | undefined,
  scores: Tensor | undefined,
  labels: readonly string[],
): Json {
  if (!scores) return { label: chosen ? chosenLabel(chosen, row, labels) : null };
  const width = scores.data.length / Math.max(1, rowCount(scores));
  const start = row * width;
  let best = 0;
  const probabilities: { [label: string]: Json } = {};
  for (let i = 0; i < width; i++) {
    const score = scoreAt(scores, start + i);
    if (score > scoreAt(scores, start + best)) best = i;
    probabilities[className(labels, i)] = plainNumber(score);
  }
  const label = chosen ? chosenLabel(chosen, row, labels) : className(labels, best);
  const probability = probabilities[`${label}`] ?? plainNumber(scoreAt(scores, start + best));
  return { label, probability, probabilities };
}

function chosenLabel(chosen: Tensor, row: number, labels: readonly string[]): string | number | bigint {
  const value = plainElement(chosen, row) as string | number | bigint; // Labels are text or whole numbers.
  return typeof value === "number" ? (labels[value] ?? value) : value;
}

function checkLabels({ label, probabilities, labels }: LabelOutputs): void {
  if (label && label.shape.slice(1).some((size) => size > 1)) {
    throw stepError("labels", `output "${label.name}" is [${label.shape}], expected one label per row`);
  }
  const width = probabilities?.shape.at(-1) ?? -1;
  if (!probabilities || probabilities.shape.length < 2 || width === -1) return;
  if (labels.length > 0 && labels.length !== width) {
    throw stepError(
      "labels",
      `there are ${labels.length} labels, output "${probabilities.name}" has ${width} classes`,
    );
  }
}

function namedOutput({ outputs }: Signature, name: string): TensorSpec {
  const spec = outputs.find((output) => output.name === name);
  if (spec) return spec;
  const known = outputs.map((output) => output.name).join(", ");
  throw stepError("labels", `parameter label: "${name}" is no output of this model, expected ${known}`);
}

function tensorOf(outputs: Tensors, spec: TensorSpec | undefined): Tensor | undefined {
  return spec && outputs.get(spec.name);
}
