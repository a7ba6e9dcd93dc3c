import { z } from "zod";
import type { Json, Signature } from "../model/index.ts";
import { plainFloat, type Tensor } from "../tensor/index.ts";
import type { Interpret } from "./contents.ts";
import type { ModelFiles } from "./contract.ts";
import { parseParameters, type Step, stepError } from "./parameters.ts";
import { scoreAt, scoreOutput } from "./scores.ts";

/** Parameters of the step `ctc`. */
export const ctcParameters = z
  .strictObject({
    output: z.string().optional().describe("Output [n, steps, classes]; default: the only float output."),
    file: z.string().optional().describe("Text file beside the model with one character per line."),
    characters: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("The characters themselves, instead of a file."),
    blank: z
      .int()
      .min(0)
      .default(0)
      .describe("Class that stands for no character; the others follow in order."),
    space: z
      .boolean()
      .default(true)
      .describe("Whether a last class, after the listed characters, stands for a space."),
  })
  .describe(
    'Reads text by best path: the likeliest class of each step, repeats and blanks dropped. Answers {"text", "confidence"}.',
  );

/**
 * Compiles the step `ctc`; its dictionary is read when the version is loaded.
 *
 * Source: Graves et al. 2006, Connectionist Temporal Classification, best path decoding.
 */
export async function createCtc(signature: Signature, step: Step, files: ModelFiles): Promise<Interpret> {
  const parameters = parseParameters(step, ctcParameters);
  const spec = scoreOutput(signature, "ctc", parameters.output);
  if (spec.shape.length !== 3) {
    throw stepError("ctc", `output "${spec.name}" is [${spec.shape}], expected [n, steps, classes]`);
  }
  const characters = await readCharacters(parameters, files);
  const classes = parameters.space ? [...characters, " "] : characters;
  classes.splice(parameters.blank, 0, "");
  const width = spec.shape[2] ?? -1;
  if (width !== -1 && width !== classes.length) {
    throw stepError(
      "ctc",
      `there are ${classes.length} classes with blank and space, output "${spec.name}" has ${width}`,
    );
  }
  return (outputs) => {
    const scores = outputs.get(spec.name) as Tensor; // The signature has it, and no output was left out.
    return Array.from({ length: scores.shape[0] ?? 0 }, (_, row) =>
      decodeRow(scores, row, classes, parameters.blank),
    );
  };
}

async function readCharacters(
  { file, characters }: z.output<typeof ctcParameters>,
  files: ModelFiles,
): Promise<string[]> {
  if (characters) return [...characters];
  if (file === undefined) throw stepError("ctc", "expected parameter file or characters");
  const lines = Buffer.from(await files(file))
    .toString("utf8")
    .split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function decodeRow(scores: Tensor, row: number, classes: readonly string[], blank: number): Json {
  const [, steps = 0, width = 0] = scores.shape;
  let text = "";
  let confidence = 0;
  let count = 0;
  let previous = blank;
  for (let step = 0; step < steps; step++) {
    const start = (row * steps + step) * width;
    const best = argmax(scores, start, width);
    if (best !== blank && best !== previous) {
      text += classes[best] ?? "";
      confidence += scoreAt(scores, start + best);
      count += 1;
    }
    previous = best;
  }
  return { text, confidence: plainFloat(count === 0 ? 0 : confidence / count, scores.dtype) };
}

function argmax(scores: Tensor, start: number, width: number): number {
  let best = 0;
  for (let i = 1; i < width; i++) {
    if (scoreAt(scores, start + i) > scoreAt(scores, start + best)) best = i;
  }
  return best;
}
