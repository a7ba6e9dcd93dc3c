/** A median with its bootstrap 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };
export type Verdict = "met" | "missed" | "unresolved" | "no goal";

const RESAMPLES = 2000;

/**
 * The median of `samples` and the interval that holds 95 % of the medians of resamples with
 * replacement. The generator is seeded, so equal samples give equal intervals.
 *
 * Source: Efron 1979, the percentile bootstrap.
 */
export function medianInterval(samples: readonly number[]): Interval {
  const random = seeded(42);
  const medians = Array.from({ length: RESAMPLES }, () => {
    return median(samples.map(() => samples[Math.floor(random() * samples.length)] ?? Number.NaN));
  }).toSorted((a, b) => a - b);
  const at = (share: number) => medians[Math.floor(share * (RESAMPLES - 1))] ?? Number.NaN;
  return { value: median(samples), low: at(0.025), high: at(0.975) };
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** The `q`-quantile of `samples`, interpolated between neighbours. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [low = Number.NaN, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** Met or missed only if the whole interval is on one side of the goal. */
export function judge({ low, high }: Interval, goal: Goal | undefined): Verdict {
  if (!goal) return "no goal";
  const [isMet, isMissed] =
    "atLeast" in goal ? [low >= goal.atLeast, high < goal.atLeast] : [high <= goal.atMost, low > goal.atMost];
  if (isMet) return "met";
  return isMissed ? "missed" : "unresolved";
}

/** mulberry32: small, seeded, good enough to draw indices. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
