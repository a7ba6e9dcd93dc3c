import type { Source, Verified } from "../convert/index.ts";

/** A model of another library that has become files of a version. */
export interface Imported {
  readonly source: Source;
  /** On rows that were drawn, and on those that the user gave, where there are any. */
  readonly verified: Verified;
  readonly given?: Verified;
  readonly notes: readonly string[];
  /** What it takes, as text: its columns' number, or its inputs' shapes. */
  readonly takes: string;
  /** Where the drawn rows lie, as text: "at the model's own edges". */
  readonly drawn: string;
}

/** Where rows lie that are drawn by what the model itself says. */
export const AT_EDGES = "at the model's own edges";

/** How a model compares with its original, as its manifest keeps it. */
export function differenceText({ verified, given }: Pick<Imported, "verified" | "given">): string {
  const drawn = `differs by at most ${shown(verified)} on ${verified.rows} rows`;
  return given === undefined ? drawn : `${drawn}, by at most ${shown(given)} on ${given.rows} given rows`;
}

const shown = ({ largestError }: Verified) => largestError.toExponential(1);
