import type { Content, Json } from "../model/index.ts";
import type { Tensors } from "../tensor/index.ts";
import type { RunModel } from "./contract.ts";

/** How a kind of content becomes inputs. */
export interface ContentPreparation {
  readonly kind: "image" | "sound" | "text";
  /** Runs the model for all contents of a request. */
  predict(contents: readonly Content[], run: RunModel, interpret: Interpret): Promise<ContentAnswer>;
}

/** Turns outputs into one prediction per row. */
export type Interpret = (outputs: Tensors) => readonly Json[];

export interface ContentAnswer {
  readonly outputs: Tensors;
  readonly predictions: readonly Json[];
}
