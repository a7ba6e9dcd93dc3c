import type { Comparison } from "./agreement.ts";

/** What a shadow was seen to do. */
export interface ShadowTallyReport {
  /** Requests answered by both. */
  readonly sent: number;
  readonly dropped: number;
  readonly failed: number;
  readonly agreed: number;
  /** agreed ÷ sent; null before the first. */
  readonly agreementRate: number | null;
  readonly largestDifference: number;
  readonly outputs: { name: string; agreed: number; compared: number; largestDifference: number }[];
  /** Median of shadow minus variant over the last repeats, in milliseconds. */
  readonly addedLatencyMs: number | null;
}

/** Latest latencies that the median is taken of. */
const MAX_LATENCIES = 1000;

/** Counts how a shadow compares with what was answered. */
export class ShadowTally {
  #sent = 0;
  #dropped = 0;
  #failed = 0;
  #agreed = 0;
  #largest = 0;
  readonly #outputs = new Map<string, { agreed: number; compared: number; largestDifference: number }>();
  readonly #addedMs: number[] = [];

  dropped(): void {
    this.#dropped += 1;
  }

  failed(): void {
    this.#failed += 1;
  }

  /** Both have answered; the shadow took so much longer. */
  compared({ agrees, largestDifference, outputs }: Comparison, addedMs: number): void {
    this.#addedMs[this.#sent % MAX_LATENCIES] = addedMs;
    this.#sent += 1;
    if (agrees) this.#agreed += 1;
    this.#largest = Math.max(this.#largest, largestDifference);
    for (const one of outputs) {
      const seen = this.#outputs.get(one.name) ?? { agreed: 0, compared: 0, largestDifference: 0 };
      seen.compared += 1;
      if (one.agrees) seen.agreed += 1;
      seen.largestDifference = Math.max(seen.largestDifference, one.largestDifference);
      this.#outputs.set(one.name, seen);
    }
  }

  report(): ShadowTallyReport {
    const sorted = this.#addedMs.toSorted((a, b) => a - b);
    return {
      sent: this.#sent,
      dropped: this.#dropped,
      failed: this.#failed,
      agreed: this.#agreed,
      agreementRate: this.#sent === 0 ? null : this.#agreed / this.#sent,
      largestDifference: this.#largest,
      outputs: [...this.#outputs].map(([name, seen]) => ({ name, ...seen })),
      addedLatencyMs: sorted[Math.floor(sorted.length / 2)] ?? null,
    };
  }
}
