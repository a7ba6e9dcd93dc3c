import type { Model } from "./api.ts";
import { type LoadHistory, modelSeries } from "./load.ts";

/** Something that a person should look at before anything else. */
export type Trouble =
  | { readonly kind: "failed"; readonly model: string; readonly version: number; readonly reason: string }
  | { readonly kind: "silent"; readonly model: string }
  | { readonly kind: "failing"; readonly model: string; readonly rate: number }
  | { readonly kind: "waiting"; readonly model: string; readonly rows: number };

/** Rows that wait are a queue, not a problem, up to here. */
const MANY_ROWS = 100;

/** What is wrong with the models now, the worst first. */
export function troublesOf(models: readonly Model[], history: LoadHistory | undefined): readonly Trouble[] {
  const silent = models
    .filter(
      ({ serving, versions }) => serving === undefined && !versions.some(({ state }) => state === "loading"),
    )
    .map(({ model }): Trouble => ({ kind: "silent", model }));
  const failed = models.flatMap(({ model, versions }) =>
    versions
      .filter(({ state }) => state === "failed")
      .map(({ version, reason = "" }): Trouble => ({ kind: "failed", model, version, reason })),
  );
  const now = models.map(({ model }) => ({ model, load: modelSeries(history, model).at(-1) }));
  const failing = now
    .filter(({ load }) => (load?.failuresPerSecond ?? 0) > 0)
    .map(({ model, load }): Trouble => ({ kind: "failing", model, rate: load?.failuresPerSecond ?? 0 }));
  const waiting = now
    .filter(({ load }) => (load?.waitingRows ?? 0) > MANY_ROWS)
    .map(({ model, load }): Trouble => ({ kind: "waiting", model, rows: load?.waitingRows ?? 0 }));
  return [...silent, ...failed, ...failing, ...waiting];
}
