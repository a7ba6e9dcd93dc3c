import { type Clock, PlatformError } from "../../base/index.ts";

/** When a breaker opens, and for how long. */
export interface BreakerLimits {
  /** Failures without a success between them that open it. */
  readonly failures: number;
  /** Latest attempts of which a share may fail. */
  readonly window: number;
  /** Share of failures in a full window that opens it. */
  readonly share: number;
  /** How long it stays open the first time, in milliseconds; twice as long after each probe that fails. */
  readonly openMs: number;
  readonly longestOpenMs: number;
}

const BREAKER_LIMITS: BreakerLimits = {
  failures: 5,
  window: 20,
  share: 0.5,
  openMs: 1000,
  longestOpenMs: 30_000,
};

/** Leave for one attempt. Exactly one of its methods is called, once the attempt is over. */
export interface Leave {
  readonly succeeded: () => void;
  readonly failed: () => void;
  /** The attempt says nothing of the server, for example because its caller went away. */
  readonly gaveUp: () => void;
}

/**
 * Keeps calls from a server that fails: closed, every attempt may go; open, none; after its time half
 * open: one attempt probes, and its end closes the breaker or opens it for longer.
 */
export class Breaker {
  readonly #server: string;
  readonly #clock: Clock;
  readonly #limits: BreakerLimits;
  /** Outcomes while closed, oldest first: whether each failed. */
  #outcomes: boolean[] = [];
  #failuresInRow = 0;
  #openUntil: number | undefined;
  /** How often it opened since it was last closed. */
  #openings = 0;
  #isProbing = false;
  /** Attempts that started before a change of state say nothing of the state after it. */
  #era = 0;

  /** `server` is its name in messages. */
  constructor(server: string, clock: Clock, limits: BreakerLimits = BREAKER_LIMITS) {
    this.#server = server;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @throws PlatformError `unavailable` while it is open, saying when the server is tried again. */
  enter(): Leave {
    const isProbe = this.#openUntil !== undefined;
    if (this.#openUntil !== undefined) {
      const waitMs = this.#openUntil - this.#clock.now();
      if (waitMs > 0) throw this.#open(waitMs);
      if (this.#isProbing) throw this.#probing();
      this.#isProbing = true;
    }
    const era = this.#era;
    const settle = (apply: () => void) => () => {
      if (era === this.#era) apply();
    };
    return {
      succeeded: settle(() => (isProbe ? this.#close() : this.#note(false))),
      failed: settle(() => (isProbe ? this.#trip() : this.#note(true))),
      gaveUp: settle(() => {
        this.#isProbing = false;
      }),
    };
  }

  #note(hasFailed: boolean): void {
    const { failures, window, share } = this.#limits;
    this.#outcomes.push(hasFailed);
    if (this.#outcomes.length > window) this.#outcomes.shift();
    this.#failuresInRow = hasFailed ? this.#failuresInRow + 1 : 0;
    const failed = this.#outcomes.filter(Boolean).length;
    const isShare = this.#outcomes.length === window && failed >= share * window;
    if (this.#failuresInRow >= failures || isShare) this.#trip();
  }

  #trip(): void {
    const { openMs, longestOpenMs } = this.#limits;
    this.#openUntil = this.#clock.now() + Math.min(longestOpenMs, openMs * 2 ** this.#openings);
    this.#openings += 1;
    this.#begin();
  }

  #close(): void {
    this.#openUntil = undefined;
    this.#openings = 0;
    this.#begin();
  }

  #begin(): void {
    this.#era += 1;
    this.#isProbing = false;
    this.#outcomes = [];
    this.#failuresInRow = 0;
  }

  #open(waitMs: number): PlatformError {
    const seconds = (Math.ceil(waitMs / 100) / 10).toFixed(1);
    return new PlatformError("unavailable", `${this.#server} has failed too often: the circuit is open`, {
      field: "url",
      got: "open",
      expected: "closed",
      hint: `one request tries it again in ${seconds} s`,
      retryAfterMs: waitMs,
    });
  }

  #probing(): PlatformError {
    return new PlatformError(
      "unavailable",
      `${this.#server} has failed too often: the circuit is half open`,
      {
        field: "url",
        got: "half open",
        expected: "closed",
        hint: "one request tries it right now: come back when that has ended",
        retryAfterMs: this.#limits.openMs,
      },
    );
  }
}
