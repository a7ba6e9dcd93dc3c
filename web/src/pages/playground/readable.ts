/** A class with how probable it is. */
export interface LabelShare {
  readonly label: string;
  readonly probability: number;
}

/** A part of a sound. */
export interface SoundSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly probability?: number;
}

/** A part of a picture, in its pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label?: string;
  readonly probability?: number;
}

/** What of a prediction people can be shown, and what is left of it. */
export interface Readable {
  readonly shares: readonly LabelShare[];
  readonly segments: readonly SoundSegment[] | undefined;
  readonly boxes: readonly Box[] | undefined;
  readonly text: string | undefined;
  /** Other fields, as they are. */
  readonly rest: readonly (readonly [name: string, value: unknown])[];
}

const SHOWN = new Set(["label", "probability", "probabilities", "top", "segments", "boxes", "text"]);
const MOST_SHARES = 10;

/** Finds in a prediction what Sirve's preparations and handlers that follow them give. */
export function readableOf(prediction: unknown): Readable {
  if (typeof prediction !== "object" || prediction === null || Array.isArray(prediction)) {
    return { shares: [], segments: undefined, boxes: undefined, text: undefined, rest: [["", prediction]] };
  }
  const fields = prediction as Readonly<Record<string, unknown>>;
  const segments = fields["segments"];
  const boxes = fields["boxes"];
  return {
    shares: sharesOf(fields),
    segments: Array.isArray(segments) ? segments.filter(isSegment) : undefined,
    boxes: Array.isArray(boxes) ? boxes.filter(isBox) : undefined,
    text: typeof fields["text"] === "string" ? fields["text"] : undefined,
    rest: Object.entries(fields).filter(([name]) => !SHOWN.has(name)),
  };
}

/** Every class, else the most probable ones, else the one that was chosen; the most probable first. */
function sharesOf(fields: Readonly<Record<string, unknown>>): readonly LabelShare[] {
  const { probabilities, top, label, probability } = fields;
  const all =
    typeof probabilities === "object" && probabilities !== null ? Object.entries(probabilities) : [];
  const named = all.map(([name, share]) => ({ label: name, probability: Number(share) }));
  const chosen = [{ label: textOf(label), probability: Number(probability ?? Number.NaN) }];
  const found = [named, Array.isArray(top) ? top.filter(isShare) : [], label === undefined ? [] : chosen];
  const shares = found.find((one) => one.length > 0) ?? [];
  return shares.toSorted((a, b) => b.probability - a.probability).slice(0, MOST_SHARES);
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const isNumber = (value: unknown): value is number => typeof value === "number";

const has = (value: unknown, ...names: readonly string[]): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  names.every((name) => isNumber((value as Record<string, unknown>)[name]));

const isSegment = (value: unknown): value is SoundSegment => has(value, "startMs", "endMs");
const isBox = (value: unknown): value is Box => has(value, "x", "y", "width", "height");
const isShare = (value: unknown): value is LabelShare => has(value, "probability") && "label" in value;
