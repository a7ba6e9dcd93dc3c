import { countedQuantile } from "../telemetry/index.ts";

/** Bounds of what people are shown grow by a quarter, from a microsecond to ten minutes. */
const LEAST_MS = 0.001;
const SHOWN_FACTOR = 1.25;
const SHOWN_STEPS = 91;
/** Bounds that are counted between two shown ones: each 1.9 % above the one before. */
const FINE = 12;
const LOG_FACTOR = Math.log(SHOWN_FACTOR) / FINE;
const BOUNDS_MS = Array.from(
  { length: SHOWN_STEPS * FINE + 1 },
  (_, i) => LEAST_MS * Math.exp(i * LOG_FACTOR),
);

/** Durations counted by size: any number of them in the same few kilobytes, quantiles within 2 %. */
export class LatencyHistogram {
  readonly #counts: number[] = Array.from({ length: BOUNDS_MS.length + 1 }, () => 0);
  #maxMs: number | undefined;

  /** The longest; null for none. */
  get maxMs(): number | null {
    return this.#maxMs ?? null;
  }

  add(ms: number): void {
    const index = Math.ceil(Math.log(ms / LEAST_MS) / LOG_FACTOR);
    const place = Math.min(Math.max(index, 0), BOUNDS_MS.length);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    this.#maxMs = Math.max(this.#maxMs ?? 0, ms);
  }

  /** The duration that a share of all do not exceed, in milliseconds; null for none. */
  quantileMs(share: number): number | null {
    const found = countedQuantile(this.#counts, BOUNDS_MS, share);
    return found === null ? null : Math.min(found, this.#maxMs ?? found);
  }

  /** Few buckets for people: how many took up to `leMs` and longer than the entry before. */
  shown(): { readonly leMs: number; readonly count: number }[] {
    const entries = Array.from({ length: SHOWN_STEPS + 1 }, (_, step) => {
      const from = step === 0 ? 0 : (step - 1) * FINE + 1;
      const isLast = step === SHOWN_STEPS;
      const counts = this.#counts.slice(from, isLast ? undefined : step * FINE + 1);
      const boundMs = BOUNDS_MS[step * FINE] ?? 0;
      const leMs = isLast ? Math.max(boundMs, this.#maxMs ?? 0) : boundMs;
      return { leMs, count: counts.reduce((sum, count) => sum + count, 0) };
    });
    const isFilled = ({ count }: { readonly count: number }) => count > 0;
    return entries.slice(Math.max(entries.findIndex(isFilled), 0), entries.findLastIndex(isFilled) + 1);
  }
}
