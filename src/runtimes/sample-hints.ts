import type { Manifest, TensorSpec } from "../model/index.ts";

/** What the manifest's preparation tells about inputs that nobody sends as they are. */
export interface SampleHints {
  /** Inputs with one value in every run, such as the sample rate. */
  readonly constants: ReadonlyMap<string, number>;
  /** Inputs that carry a state from run to run, zeros at first. */
  readonly states: ReadonlySet<string>;
  /** Samples of one frame of sound; undefined without frames. */
  readonly frame: number | undefined;
  readonly height: number | undefined;
  readonly width: number | undefined;
  readonly channelsLast: boolean;
}

/** Reads the steps loosely: whether they are right is for `prepare/` to say. */
export function sampleHints({ inputPreparation }: Manifest): SampleHints {
  const parametersOf = (name: string) =>
    inputPreparation.find((step) => step.name === name)?.parameters ?? {};
  const sound = parametersOf("sound");
  const image = parametersOf("image");
  const frame = record(sound["frame"]);
  const states = Array.isArray(sound["states"]) ? sound["states"] : [];
  return {
    constants: new Map(
      Object.entries(record(sound["constants"])).map(([name, value]) => [name, Number(value)]),
    ),
    states: new Set(states.map((state) => String(record(state)["input"]))),
    frame: frame["samples"] === undefined ? undefined : size(frame["samples"]) + size(frame["context"]),
    height: size(image["height"]) || undefined,
    width: size(image["width"]) || size(image["minWidth"]) || undefined,
    channelsLast: image["layout"] === "NHWC",
  };
}

/** Size of a free axis that is not the batch, as far as the preparation tells it. */
export function hintedSize(hints: SampleHints, spec: TensorSpec, axis: number): number | undefined {
  const rank = spec.shape.length;
  if (rank === 4) {
    const place = axis - (hints.channelsLast ? 1 : 2);
    return [hints.height, hints.width][place];
  }
  const isSound = spec.dtype.startsWith("FP") && axis === rank - 1;
  return isSound ? hints.frame : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function size(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : 0;
}
