import { createHash } from "node:crypto";

/** One way to answer an endpoint, and its weight against the others. */
export interface WeightedVariant {
  readonly name: string;
  readonly weight: number;
}

/**
 * The variant of a key: the same for the same key and salt on every server. Each variant draws a number
 * for the key, and the one whose draw is smallest for its weight wins, so raising the weight of one moves
 * keys to it alone, and nobody between two others.
 *
 * Undefined if every weight is 0.
 *
 * Source: weighted rendezvous hashing; Schindelhauer and Schomaker, "Weighted Distributed Hash Tables"
 * (2005), logarithmic method.
 */
export function chooseVariant<V extends WeightedVariant>(
  variants: readonly V[],
  salt: string,
  key: string,
): V | undefined {
  let best: V | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const variant of variants) {
    if (variant.weight <= 0) continue;
    const cost = -Math.log(draw(salt, variant.name, key)) / variant.weight;
    if (cost >= least) continue;
    best = variant;
    least = cost;
  }
  return best;
}

/** Whether a key is among so many percent of all keys; a larger share holds every key of a smaller one. */
export function isAmong(percent: number, salt: string, key: string): boolean {
  return percent >= 100 || draw(salt, "shadow", key) * 100 < percent;
}

/** A number in (0, 1) of these texts, uniform over keys. */
function draw(salt: string, name: string, key: string): number {
  const bytes = createHash("sha256")
    .update(JSON.stringify([salt, name, key]))
    .digest();
  return (bytes.readUIntBE(0, 6) + 0.5) / 2 ** 48;
}
