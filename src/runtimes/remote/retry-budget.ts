/** Retries that may come at once, after a quiet time. */
const BURST = 10;
/** Requests that pay for one retry. */
const REQUESTS_PER_RETRY = 10;

/**
 * How many retries a server in trouble gets: a tenth of the requests, and a few at the start. A token
 * bucket, counted in tenths of a retry, so that nothing is rounded.
 */
export class RetryBudget {
  #tenths = BURST * REQUESTS_PER_RETRY;

  /** A request has come. */
  earn(): void {
    this.#tenths = Math.min(BURST * REQUESTS_PER_RETRY, this.#tenths + 1);
  }

  /** Takes one retry; false if none is left. */
  spend(): boolean {
    if (this.#tenths < REQUESTS_PER_RETRY) return false;
    this.#tenths -= REQUESTS_PER_RETRY;
    return true;
  }
}
