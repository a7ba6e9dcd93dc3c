import { z } from "zod";
import type { Json, Signature, TensorSpec } from "../model/index.ts";
import { plainElement, rowCount, type Tensor, type Tensors } from "../tensor/index.ts";
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
  return interpretLabels({ label, probabilities, labels: parameters.labels ?? manifestLabels });
}

/** One `{ label, probability, probabilities }` per row, of whichever of them the outputs tell. */
export function interpretLabels(found: LabelOutputs): Interpret {
  checkLabels(found);
  const { label, probabilities } = found;
  const naming = namingOf(found);
  return (outputs) => {
    const [chosen, scores] = [tensorOf(outputs, label), tensorOf(outputs, probabilities)];
    const rows = rowCount((chosen ?? scores) as Tensor);
    const predictions: Json[] = [];
    for (let row = 0; row < rows; row++) predictions.push(predictRow(row, chosen, scores, naming));
    return predictions;
  };
}

/** The name of class `index`, or its number where it has none. */
export function className(labels: readonly string[], index: number): string | number {
  return labels[index] ?? index;
}

/** How classes are called, and how a label that the model gives is found among them. */
interface Naming {
  readonly names: readonly string[];
  /** Position of a class by what the model calls it; undefined where it calls it by its position. */
  readonly positions: ReadonlyMap<string, number> | undefined;
}

/** The manifest's names stand for the file's classes one by one; without them classes are called as in the file. */
function namingOf({ labels, probabilities }: LabelOutputs): Naming {
  const classes = probabilities?.labels ?? [];
  const names = labels.length > 0 ? labels : classes;
  return { names, positions: classes.length > 0 ? new Map(classes.map((name, i) => [name, i])) : undefined };
}

type Label = string | number | bigint;

function predictRow(
  row: number,
  chosen: Tensor | undefined,
  scores: Tensor | undefined,
  naming: Naming,
): Json {
  const given = chosen && (plainElement(chosen, row) as Label); // Labels are text or whole numbers.
  if (!scores) return { label: given === undefined ? null : labelOf(given, naming) };
  const { probabilities, best } = readScores(scores, row, naming.names);
  if (given === undefined) {
    return { label: className(naming.names, best), probability: scoreOf(scores, row, best), probabilities };
  }
  // Where nothing tells which class the label is, it is the likeliest: that is how classifiers choose.
  const place = naming.names.length === 0 ? best : positionOf(given, naming);
  return { label: labelOf(given, naming), probability: scoreOf(scores, row, place), probabilities };
}

function readScores(
  scores: Tensor,
  row: number,
  names: readonly string[],
): { probabilities: Json; best: number } {
  const width = scores.data.length / Math.max(1, rowCount(scores));
  const start = row * width;
  let best = 0;
  const probabilities: { [label: string]: Json } = {};
  for (let i = 0; i < width; i++) {
    const score = scoreAt(scores, start + i);
    if (score > scoreAt(scores, start + best)) best = i;
    probabilities[className(names, i)] = plainElement(scores, start + i);
  }
  return { probabilities, best };
}

/** The score of a class in one row; null where it is none of them. */
function scoreOf(scores: Tensor, row: number, place: number | undefined): Json {
  const width = scores.data.length / Math.max(1, rowCount(scores));
  return place === undefined || place < 0 || place >= width
    ? null
    : plainElement(scores, row * width + place);
}

/** Which class a given label is; undefined where that cannot be told. */
function positionOf(given: Label, { names, positions }: Naming): number | undefined {
  if (positions) return positions.get(String(given));
  if (typeof given === "number") return given;
  const place = names.indexOf(String(given));
  return place === -1 ? undefined : place;
}

/** The class's name; the label as the model gave it where no other name is known. */
function labelOf(given: Label, naming: Naming): Label {
  const place = positionOf(given, naming);
  const name = place === undefined ? undefined : naming.names[place];
  return name === undefined || name === String(given) ? given : name;
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
