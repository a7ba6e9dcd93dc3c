import type { PredictResponse } from "../model/index.ts";
import type { Route, RoutedEndpoint } from "./routes.ts";

/** Who answered for an endpoint, and how often. */
export interface AnswerCount {
  readonly variant: string;
  readonly model: string;
  readonly version: number;
  readonly requests: number;
}

/** Kinds of answers that are told apart for one endpoint: versions come and go. */
const MAX_KINDS = 200;

/** Counts who answered for each endpoint since it was set as it is. */
export class AnswerCounts {
  readonly #counts = new Map<string, { spec: string; kinds: Map<string, AnswerCount> }>();

  /** Begins anew for each endpoint that has changed. */
  replace(endpoints: readonly RoutedEndpoint[]): void {
    const specs = new Map(endpoints.map((one) => [one.endpoint, JSON.stringify(one)]));
    for (const [name, { spec }] of this.#counts) if (specs.get(name) !== spec) this.#counts.delete(name);
    for (const [name, spec] of specs) {
      if (!this.#counts.has(name)) this.#counts.set(name, { spec, kinds: new Map() });
    }
  }

  answered({ endpoint, variant }: Route, { model, version }: PredictResponse): void {
    const kinds = this.#counts.get(endpoint?.endpoint ?? "")?.kinds;
    if (!kinds || !variant) return;
    const kind = `${variant.name} ${model} ${version}`;
    const seen = kinds.get(kind);
    if (!seen && kinds.size >= MAX_KINDS) return;
    kinds.set(kind, { variant: variant.name, model, version, requests: (seen?.requests ?? 0) + 1 });
  }

  of(endpoint: string): readonly AnswerCount[] {
    return [...(this.#counts.get(endpoint)?.kinds.values() ?? [])];
  }
}
