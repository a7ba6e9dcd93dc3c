import { type Clock, PlatformError } from "../base/index.ts";

/** What a key may ask of the server. */
export interface RateLimits {
  readonly requestsPerSecond?: number | undefined;
  readonly requestsPerDay?: number | undefined;
}

const DAY_MS = 86_400_000;

/** Requests of one key on this server: so many a second on average, so many a day in UTC. */
export class Rate {
  readonly #clock: Clock;
  #tokens = Number.NaN;
  #filledMs = 0;
  #day = "";
  /** Requests of the day that are known of, those of other servers too. */
  #today = 0;
  /** Requests that are not kept yet. */
  #unsaved = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get today(): number {
    return this.#day === dayOf(this.#clock) ? this.#today : 0;
  }

  /** Counts a request. @throws PlatformError `resource_exhausted` with the time to wait if it is one too many. */
  take({ requestsPerSecond, requestsPerDay }: RateLimits): void {
    const day = dayOf(this.#clock);
    if (day !== this.#day) this.#begin(day);
    if (requestsPerDay !== undefined && this.#today >= requestsPerDay) throw this.#overQuota(requestsPerDay);
    if (requestsPerSecond !== undefined) this.#takeToken(requestsPerSecond);
    this.#today += 1;
    this.#unsaved += 1;
  }

  /** What is to be added to the day's record, once. */
  unsaved(): { readonly day: string; readonly requests: number } | undefined {
    if (this.#unsaved === 0) return undefined;
    const requests = this.#unsaved;
    this.#unsaved = 0;
    return { day: this.#day, requests };
  }

  /** Gives back what could not be kept of a day, unless another has begun. */
  restore({ day, requests }: { readonly day: string; readonly requests: number }): void {
    if (day === this.#day) this.#unsaved += requests;
  }

  /** Takes over the day's record, which has what other servers counted. */
  setToday(day: string, requests: number): void {
    if (day !== dayOf(this.#clock)) return;
    if (day !== this.#day) this.#begin(day);
    this.#today = requests + this.#unsaved;
  }

  #begin(day: string): void {
    this.#day = day;
    this.#today = 0;
    this.#unsaved = 0;
  }

  /** A bucket that holds a second's worth, at least one. */
  #takeToken(perSecond: number): void {
    const now = this.#clock.now();
    const most = Math.max(1, perSecond);
    const filled = Number.isNaN(this.#tokens)
      ? most
      : this.#tokens + ((now - this.#filledMs) / 1000) * perSecond;
    this.#tokens = Math.min(most, filled);
    this.#filledMs = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return;
    }
    throw new PlatformError("resource_exhausted", `the key may ask ${perSecond} times a second`, {
      field: "requestsPerSecond",
      expected: `at most ${perSecond} a second`,
      retryAfterMs: Math.ceil(((1 - this.#tokens) / perSecond) * 1000),
    });
  }

  #overQuota(perDay: number): PlatformError {
    const wall = performance.timeOrigin + this.#clock.now();
    return new PlatformError("resource_exhausted", `the key may ask ${perDay} times a day in UTC`, {
      field: "requestsPerDay",
      expected: `at most ${perDay} a day`,
      retryAfterMs: DAY_MS - (wall % DAY_MS),
    });
  }
}

/** "2026-11-26" */
export function dayOf(clock: Clock): string {
  return new Date(performance.timeOrigin + clock.now()).toISOString().slice(0, 10);
}
