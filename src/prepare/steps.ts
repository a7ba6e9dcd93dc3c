import { z } from "zod";
import { ctcParameters } from "./ctc.ts";
import { imageParameters } from "./image-parameters.ts";
import { labelsParameters } from "./labels.ts";
import { segmentsParameters } from "./segments.ts";
import { softmaxParameters } from "./softmax.ts";
import { soundParameters } from "./sound-parameters.ts";
import { textParameters } from "./text.ts";
import { tokenizeParameters } from "./tokenize.ts";
import { topParameters } from "./top.ts";

/** Parameters of the step `values`: none. */
export const valuesParameters = z
  .strictObject({})
  .describe("Answers each output's value by its name, per row.");

/** Every step of `inputPreparation` with the schema of its parameters. */
export const INPUT_STEPS = {
  image: imageParameters,
  sound: soundParameters,
  text: textParameters,
  tokenize: tokenizeParameters,
} as const;

/** Every step of `outputPreparation` with the schema of its parameters. */
export const OUTPUT_STEPS = {
  softmax: softmaxParameters,
  labels: labelsParameters,
  top: topParameters,
  ctc: ctcParameters,
  segments: segmentsParameters,
  values: valuesParameters,
} as const;
