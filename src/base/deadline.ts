import type { Clock } from "./clock.ts";
import { PlatformError } from "./error.ts";

/** Width of a wheel slot: a deadline ends up to this much late, never early. */
const SLOT_MS = 5;
const SLOT_COUNT = 512;

/**
 * Until when one request may take, over queue and run, and the one place that tells its parts
 * that it is over: by time, because the client went away, or because the server stops.
 *
 * Whoever started it calls {@link Deadline.close} when the request is answered; listeners
 * are forgotten then, so nothing outlives the request.
 */
export class Deadline {
  /** Clock time in milliseconds at which it ends; Infinity for none. */
  readonly at: number;
  #reason: PlatformError | undefined;
  #listeners: ((reason: PlatformError) => void)[] = [];
  readonly #forget: ((deadline: Deadline) => void) | undefined;

  /** Use {@link Deadlines.start}; a plain one never ends by itself. */
  constructor(at = Number.POSITIVE_INFINITY, forget?: (deadline: Deadline) => void) {
    this.at = at;
    this.#forget = forget;
  }

  /** Why the request is over; undefined while it may go on. */
  get reason(): PlatformError | undefined {
    return this.#reason;
  }

  /** @throws the reason, once it is over. */
  check(): void {
    if (this.#reason) throw this.#reason;
  }

  /** Ends the request now, for example because its client is gone. Later calls change nothing. */
  end(reason: PlatformError): void {
    if (this.#reason) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.close();
    for (const listener of listeners) listener(reason);
  }

  /**
   * Calls `listener` once when the request is over, at once if it is already.
   * The result removes the listener.
   */
  onEnd(listener: (reason: PlatformError) => void): () => void {
    if (this.#reason) {
      listener(this.#reason);
      return () => {};
    }
    this.#listeners.push(listener);
    return () => {
      const index = this.#listeners.indexOf(listener);
      if (index >= 0) this.#listeners.splice(index, 1);
    };
  }

  /** The request is answered: stops the time and forgets the listeners. May be called twice. */
  close(): void {
    this.#listeners = [];
    this.#forget?.(this);
  }
}

/** Starts deadlines on one timer wheel: a single timer, armed only while a deadline is running. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #slots: Set<Deadline>[] = Array.from({ length: SLOT_COUNT }, () => new Set());
  #running = 0;
  #lastSlot = 0;
  #isArmed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are running. */
  get size(): number {
    return this.#running;
  }

  /** A deadline `ms` from now; without `ms`, or with Infinity, one that ends only by {@link Deadline.end}. */
  start(ms = Number.POSITIVE_INFINITY): Deadline {
    return this.#start(ms, (closed) => this.#remove(closed));
  }

  #start(ms: number, forget: (deadline: Deadline) => void): Deadline {
    if (ms === Number.POSITIVE_INFINITY) return new Deadline(ms, forget);
    const now = this.#clock.now();
    const deadline = new Deadline(now + ms, forget);
    this.#slots[slotOf(deadline.at) % SLOT_COUNT]?.add(deadline);
    this.#running += 1;
    if (!this.#isArmed) {
      this.#lastSlot = slotOf(now);
      this.#arm();
    }
    return deadline;
  }

  /**
   * A deadline at most `ms` from now that also ends with `parent`. Close it before the parent:
   * a closed parent no longer tells.
   */
  within(parent: Deadline, ms: number): Deadline {
    let forgetParent = (): void => {};
    const child = this.#start(Math.min(ms, parent.at - this.#clock.now()), (closed) => {
      this.#remove(closed);
      forgetParent(); // A parent may have many children in its life: one per line of a stream.
    });
    forgetParent = parent.onEnd((reason) => child.end(reason));
    return child;
  }

  #remove(deadline: Deadline): void {
    // The timer is left to its tick, which arms no other if nothing runs: stopping and starting one per request costs more.
    if (this.#slots[slotOf(deadline.at) % SLOT_COUNT]?.delete(deadline)) this.#running -= 1;
  }

  #arm(): void {
    this.#isArmed = true;
    this.#clock.after(SLOT_MS, () => this.#tick());
  }

  #tick(): void {
    const now = this.#clock.now();
    const current = slotOf(now);
    const from = Math.max(this.#lastSlot, current - SLOT_COUNT + 1);
    for (let slot = from; slot <= current; slot++) {
      for (const deadline of this.#slots[slot % SLOT_COUNT] ?? []) {
        if (deadline.at <= now) deadline.end(new PlatformError("deadline_exceeded", "deadline exceeded"));
      }
    }
    this.#lastSlot = current;
    if (this.#running > 0) this.#arm();
    else this.#isArmed = false;
  }
}

const slotOf = (at: number) => Math.floor(at / SLOT_MS);
