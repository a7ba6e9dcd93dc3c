import type { Json, Payload } from "../model/index.ts";
import type { Tensors } from "../tensor/index.ts";

/** Runs the model once on prepared inputs, through checks and the scheduler. */
export type RunModel = (inputs: Tensors) => Promise<Tensors>;

/** What came of one request for people. */
export interface Prepared {
  readonly outputs: Tensors;
  /**
   * One entry per row, such as `{ label: "late", probability: 0.81, probabilities: { … } }`;
   * undefined for payloads of arrays, which are answered by their outputs.
   */
  readonly predictions?: readonly Json[];
  /** What was accepted and may not be meant, such as an unknown category. */
  readonly warnings?: readonly string[];
}

/** Reads a file beside the model by its plain name, such as "tokenizer.json". */
export type ModelFiles = (name: string) => Promise<Uint8Array>;

/** How one version turns what people send into its inputs, and its outputs into answers. */
export interface Preparation {
  /** What it takes beside rows; undefined where the manifest names no such preparation. */
  readonly contents: "image" | "sound" | "text" | undefined;
  /**
   * Prepares, runs (once, or once per frame with carried state) and interprets.
   *
   * @throws PlatformError `invalid_argument` naming row, column, value and expectation.
   */
  predict(payload: Exclude<Payload, { kind: "tensors" }>, run: RunModel): Promise<Prepared>;
}
