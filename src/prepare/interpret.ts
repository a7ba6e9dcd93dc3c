import type { Manifest, Signature } from "../model/index.ts";
import type { Tensors } from "../tensor/index.ts";
import type { Interpret } from "./contents.ts";
import type { ModelFiles } from "./contract.ts";
import { createCtc } from "./ctc.ts";
import { createLabels, interpretLabels } from "./labels.ts";
import { parseParameters, type Step, stepError, unknownStep } from "./parameters.ts";
import { createSegments } from "./segments.ts";
import { createSoftmax } from "./softmax.ts";
import { OUTPUT_STEPS, valuesParameters } from "./steps.ts";
import { createTop } from "./top.ts";
import { interpretValues, recogniseLabels } from "./values.ts";

/**
 * Compiles the output preparation: any number of `softmax` steps and at most one that answers
 * (labels, top, ctc, segments, values). Without one, a label and its probabilities are recognised by
 * name, and other outputs are answered as values.
 *
 * @throws PlatformError `invalid_argument` naming the step that is unknown, wrong or one too many.
 */
export async function createInterpretation(
  signature: Signature,
  manifest: Manifest,
  files: ModelFiles,
): Promise<Interpret> {
  const changes: ((outputs: Tensors) => Tensors)[] = [];
  let answer: Interpret | undefined;
  for (const step of manifest.outputPreparation) {
    if (answer) {
      throw stepError(step.name, "stands after a step that answers; only softmax may come before it");
    }
    if (step.name === "softmax") changes.push(createSoftmax(signature, step));
    else answer = await createAnswer(step, signature, manifest, files);
  }
  const interpret = answer ?? recognised(signature, manifest);
  if (changes.length === 0) return interpret;
  return (outputs) => interpret(changes.reduce((changed, change) => change(changed), outputs));
}

async function createAnswer(
  step: Step,
  signature: Signature,
  manifest: Manifest,
  files: ModelFiles,
): Promise<Interpret> {
  switch (step.name) {
    case "labels":
      return createLabels(signature, step, manifest.labels);
    case "top":
      return createTop(signature, step, manifest.labels);
    case "ctc":
      return createCtc(signature, step, files);
    case "segments":
      return createSegments(signature, step);
    case "values":
      parseParameters(step, valuesParameters);
      return interpretValues;
    default:
      throw unknownStep(step.name, Object.keys(OUTPUT_STEPS));
  }
}

function recognised(signature: Signature, { labels }: Manifest): Interpret {
  const { label, probabilities } = recogniseLabels(signature);
  if (!label && !probabilities) return interpretValues;
  return interpretLabels({ label, probabilities, labels });
}
