import { z } from "zod";
import type { Json, Signature } from "../model/index.ts";
import { type DType, plainFloat, type Tensor } from "../tensor/index.ts";
import type { Interpret } from "./contents.ts";
import { parseParameters, type Step } from "./parameters.ts";
import { scoreAt, scoreOutput } from "./scores.ts";

/** Parameters of the step `segments`. */
export const segmentsParameters = z
  .strictObject({
    output: z
      .string()
      .optional()
      .describe("Output of one probability per frame; default: the only float output."),
    frameMs: z
      .number()
      .positive()
      .describe("Milliseconds from one frame to the next: hop / sampleRate * 1000."),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe("A segment starts where the probability reaches it."),
    endThreshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe("and ends where it stays below this; default: threshold - 0.15."),
    minSpeechMs: z.number().min(0).default(250).describe("Shorter segments are dropped."),
    minSilenceMs: z.number().min(0).default(100).describe("Shorter gaps do not end a segment."),
    probabilities: z
      .boolean()
      .default(false)
      .describe("Whether to answer the probability of every frame too."),
  })
  .describe(
    'Finds where something is heard. Answers {"segments": [{"startMs", "endMs", "probability"}], "seconds"} per sound.',
  );

type SegmentsParameters = z.output<typeof segmentsParameters>;

/** Compiles the step `segments`: the frames of one sound → its segments. */
export function createSegments(signature: Signature, step: Step): Interpret {
  const parameters = parseParameters(step, segmentsParameters);
  const { name } = scoreOutput(signature, "segments", parameters.output);
  return (outputs) => {
    const scores = outputs.get(name) as Tensor; // The signature has it, and a sound has at least one frame.
    const frames = Array.from({ length: scores.data.length }, (_, i) => scoreAt(scores, i));
    return [describeSound(frames, scores.dtype, parameters)];
  };
}

function describeSound(frames: readonly number[], dtype: DType, parameters: SegmentsParameters): Json {
  const { frameMs, probabilities } = parameters;
  const segments = findSegments(frames, parameters).map(({ start, end }) => ({
    startMs: Math.round(start * frameMs),
    endMs: Math.round(end * frameMs),
    probability: plainFloat(mean(frames.slice(start, end)), dtype),
  }));
  return {
    segments,
    seconds: (frames.length * frameMs) / 1000,
    ...(probabilities && { probabilities: frames.map((frame) => plainFloat(frame, dtype)) }),
  };
}

/** Frames `start … end` in which something is heard. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Segments by two thresholds: a gap must be long to end one, and one must be long to count. */
export function findSegments(
  frames: readonly number[],
  parameters: Omit<SegmentsParameters, "probabilities">,
): Segment[] {
  const { threshold, frameMs, minSpeechMs, minSilenceMs } = parameters;
  const low = parameters.endThreshold ?? Math.max(0, threshold - 0.15);
  const segments: Segment[] = [];
  let start = -1;
  let silence = -1;
  const finish = (end: number) => {
    if ((end - start) * frameMs >= minSpeechMs) segments.push({ start, end });
    [start, silence] = [-1, -1];
  };
  for (const [at, probability] of frames.entries()) {
    if (start === -1) {
      if (probability >= threshold) start = at;
    } else if (probability >= low) {
      silence = -1;
    } else {
      if (silence === -1) silence = at;
      if ((at + 1 - silence) * frameMs >= minSilenceMs) finish(silence);
    }
  }
  if (start !== -1) finish(silence === -1 ? frames.length : silence);
  return segments;
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
