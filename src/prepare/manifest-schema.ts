import { z } from "zod";
import { manifestSchema } from "../model/index.ts";
import { INPUT_STEPS, OUTPUT_STEPS } from "./steps.ts";

/**
 * The manifest with each step's parameters spelt out: what editors check a `model.json` against.
 * When a version is loaded, its steps are checked by the same schemas one by one.
 */
export const typedManifestSchema = manifestSchema.extend({
  inputPreparation: z
    .array(stepOf(INPUT_STEPS))
    .default([])
    .describe("From what people send to the model's inputs."),
  outputPreparation: z
    .array(stepOf(OUTPUT_STEPS))
    .default([])
    .describe("From the model's outputs to an answer for people."),
});

function stepOf(steps: Readonly<Record<string, z.ZodType>>): z.ZodType {
  const variants = Object.entries(steps).map(([name, parameters]) =>
    z.strictObject({
      name: z.literal(name),
      // A step whose parameters all have defaults may leave them out.
      parameters: parameters.safeParse({}).success ? parameters.optional() : parameters,
    }),
  );
  return z.union(variants);
}
