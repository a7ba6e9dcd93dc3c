import type { Clock } from "../base/index.ts";

/** One scheduler's claim on the lanes; made by {@link LaneShare.join}. */
export interface LaneClaim {
  /** Whether it has asked and has not got a lane yet. */
  readonly isWaiting: boolean;
  /** Asks for one lane; the claim's `start` is called, at once if one is free, else when it is its turn. */
  request(): void;
  /** Gives back a lane that `start` took at clock time `startedAt`. */
  release(startedAt: number): void;
  /** Asks for nothing any more. Lanes it still holds are released as usual. */
  leave(): void;
}

/**
 * The lanes of a runtime, shared by all schedulers in proportion to their weights: a free lane goes
 * to the waiting claim that has used the least lane time per weight. No lane idles while a claim
 * waits. A claim that did nothing for a while starts level with the others: it has no credit from
 * then, and the others none against it.
 *
 * A run cannot be interrupted, so a claim that asks seldom waits for at most the rest of one run of
 * each lane.
 *
 * Source: start-time fair queueing (Goyal, Vin & Cheng 1996), with the real lane time of runs in
 * place of packet lengths, counted while they run.
 */
export class LaneShare {
  /** Runs under way at once over all claims. */
  readonly concurrency: number;
  readonly #clock: Clock;
  #free: number;
  /** Claims that asked, in the order in which they did. */
  readonly #waiting: Claim[] = [];
  /** Virtual time: where the claim that was served last stood. It never goes back. */
  #virtual = 0;
  /** The furthest that any claim has come. */
  #furthest = 0;
  #assigning = false;

  /** @throws RangeError unless there is at least one lane. */
  constructor(concurrency: number, clock: Clock) {
    if (!(concurrency >= 1)) throw new RangeError(`${concurrency} lanes, expected at least 1`);
    this.concurrency = concurrency;
    this.#free = concurrency;
    this.#clock = clock;
  }

  /**
   * A claim of weight `weight`. `start` is called with the clock time whenever a lane is its, and
   * says whether it uses it; if not, the lane goes to the next and the claim has to ask again.
   *
   * @throws RangeError unless the weight is above 0.
   */
  join(weight: number, start: (now: number) => boolean): LaneClaim {
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`weight ${weight}, expected a number above 0`);
    }
    const claim = new Claim(weight, start);
    return {
      get isWaiting() {
        return claim.isWaiting;
      },
      request: () => this.#request(claim),
      release: (startedAt) => this.#release(claim, startedAt),
      leave: () => this.#forget(claim),
    };
  }

  /** Whether some claim waits for a lane now. */
  get isContended(): boolean {
    return this.#waiting.length > 0;
  }

  #request(claim: Claim): void {
    if (claim.isWaiting) return;
    if (claim.running === 0) claim.used = Math.max(claim.used, this.#virtual);
    claim.isWaiting = true;
    this.#waiting.push(claim);
    this.#assign();
  }

  #release(claim: Claim, startedAt: number): void {
    claim.used += (this.#clock.now() - startedAt) / claim.weight;
    claim.running -= 1;
    claim.startedSum -= startedAt;
    this.#furthest = Math.max(this.#furthest, claim.used);
    this.#free += 1;
    this.#assign();
    // Nobody is behind any more, so whoever comes next starts where the furthest has come.
    if (this.#free === this.concurrency && this.#waiting.length === 0) this.#virtual = this.#furthest;
  }

  #forget(claim: Claim): void {
    if (!claim.isWaiting) return;
    claim.isWaiting = false;
    this.#waiting.splice(this.#waiting.indexOf(claim), 1);
  }

  /** Hands out free lanes. A claim may ask for another one while it starts: the loop sees to that. */
  #assign(): void {
    if (this.#assigning) return;
    this.#assigning = true;
    try {
      while (this.#free > 0 && this.#waiting.length > 0) {
        const now = this.#clock.now();
        this.#grant(this.#next(now), now);
      }
    } finally {
      this.#assigning = false;
    }
  }

  #grant(claim: Claim, now: number): void {
    const position = claim.position(now);
    this.#forget(claim);
    this.#free -= 1;
    claim.running += 1;
    claim.startedSum += now;
    if (claim.start(now)) {
      this.#virtual = Math.max(this.#virtual, position);
      return;
    }
    this.#free += 1;
    claim.running -= 1;
    claim.startedSum -= now;
  }

  /** The waiting claim that has come least far; of equals the one with fewer lanes, then the first. */
  #next(now: number): Claim {
    let best = this.#waiting[0] as Claim;
    let bestPosition = best.position(now);
    for (let i = 1; i < this.#waiting.length; i++) {
      const claim = this.#waiting[i] as Claim;
      const position = claim.position(now);
      const isBehind = position < bestPosition;
      if (isBehind || (position === bestPosition && claim.running < best.running)) {
        best = claim;
        bestPosition = position;
      }
    }
    return best;
  }
}

class Claim {
  readonly weight: number;
  readonly start: (now: number) => boolean;
  /** Lane time of its ended runs over weight, in milliseconds. */
  used = 0;
  running = 0;
  /** Sum of the start times of its running lanes. */
  startedSum = 0;
  isWaiting = false;

  constructor(weight: number, start: (now: number) => boolean) {
    this.weight = weight;
    this.start = start;
  }

  /** Lane time over weight, runs under way included. */
  position(now: number): number {
    return this.used + (this.running * now - this.startedSum) / this.weight;
  }
}
