import { z } from "zod";

const frame = z
  .strictObject({
    samples: z.int().min(1).max(1_000_000).describe("New samples of each run."),
    hop: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe("Samples from one frame to the next; default: samples."),
    context: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe("Samples before the frame that are put in front of it; silence before the first."),
  })
  .describe("Cuts the sound into frames, one run each, in order.");

const state = z
  .strictObject({
    input: z.string().describe("Input that takes the state."),
    output: z.string().describe("Output that gives the next one."),
  })
  .describe("A state carried from frame to frame, zeros at first.");

/** Parameters of the step `sound`. */
export const soundParameters = z
  .strictObject({
    input: z
      .string()
      .optional()
      .describe("Input that takes the samples; default: the only float input that is no state."),
    sampleRate: z.int().min(1000).max(384_000).default(16_000).describe("The sound is resampled to it."),
    frame: frame.optional().describe("Without it the whole sound is one row."),
    states: z.array(state).max(16).default([]),
    constants: z
      .record(z.string(), z.union([z.number(), z.boolean()]))
      .default({})
      .describe("Inputs that are the same in every run, such as the sample rate."),
    maxSeconds: z.number().positive().max(86_400).default(600).describe("A longer sound is refused."),
  })
  .describe(
    "Reads WAV files, mixes channels to one, resamples with a windowed sinc, and runs the model once or once per frame.",
  );

export type SoundParameters = z.output<typeof soundParameters>;
