import type { Artifacts, RegistryState, VersionRecord } from "../../registry/index.ts";
import type { Models } from "../../serving/index.ts";
import { type PlacedState, placeState } from "./placements.ts";

/** Has loaded what a registry names, and beside it the candidates of promotions under way. */
export class Placer {
  readonly #models: Models;
  readonly #artifacts: Artifacts;
  readonly #candidates = new Set<VersionRecord>();
  #known: RegistryState | undefined;

  constructor(models: Models, artifacts: Artifacts) {
    this.#models = models;
    this.#artifacts = artifacts;
  }

  /** Takes over a state of the registry. */
  apply(state: RegistryState): PlacedState {
    this.#known = state;
    return this.#place(state);
  }

  /** Has a version loaded beside the others, until the result is called. */
  tryBeside(record: VersionRecord): () => void {
    this.#candidates.add(record);
    if (this.#known) this.#place(this.#known);
    return () => {
      if (this.#candidates.delete(record) && this.#known) this.#place(this.#known);
    };
  }

  #place(state: RegistryState): PlacedState {
    const placed = placeState(state, this.#artifacts, [...this.#candidates]);
    this.#models.place(placed.placements);
    return placed;
  }
}
