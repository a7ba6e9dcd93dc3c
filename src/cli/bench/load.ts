import { type Clock, PlatformError } from "../../base/index.ts";
import { isStable, joinWindows, STABLE_WINDOWS, type Window } from "./statistics.ts";

/** Sends one request and resolves once its answer is read; rejects if it failed. */
export type Send = () => Promise<void>;

/** How much is sent: so many at a time (closed loop), or so many per second whatever comes back (open loop). */
export type Load =
  | { readonly kind: "concurrency"; readonly value: number }
  | { readonly kind: "rate"; readonly value: number };

/** When a measurement ends. */
export interface LoadLimits {
  readonly windowMs: number;
  /** 0.1: the last three windows agree within 10 %. */
  readonly tolerance: number;
  readonly maxMs: number;
  readonly maxRequests: number;
}

/** What one measurement found. */
export interface LoadResult {
  readonly load: Load;
  /** The last three windows together, or all there were. */
  readonly measured: Window;
  readonly stable: boolean;
  /** Failed requests of the whole measurement by what they said. */
  readonly errors: ReadonlyMap<string, number>;
  /** Requests that an open loop did not send because too many were still under way. */
  readonly skipped: number;
}

/** An open loop keeps at most so many requests under way: beyond that the load is more than overload. */
const MAX_UNDER_WAY = 4096;

/** Distinct error messages that are told apart; further ones are counted together. */
const MAX_MESSAGES = 20;

/** Puts `load` on `send` until it is stable or a limit is reached. `stop` ends it early. */
export async function measureLoad(
  send: Send,
  load: Load,
  limits: LoadLimits,
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
): Promise<LoadResult> {
  const measurement = new Measurement(send, load, limits, clock);
  const end = () => measurement.end();
  stop.addEventListener("abort", end, { once: true });
  try {
    return await measurement.run(stop.aborted);
  } finally {
    stop.removeEventListener("abort", end);
  }
}

class Measurement {
  readonly #send: Send;
  readonly #load: Load;
  readonly #limits: LoadLimits;
  readonly #clock: Clock;
  readonly #windows: Window[] = [];
  readonly #errors = new Map<string, number>();
  #latencies: number[] = [];
  #windowErrors = 0;
  #windowStart = 0;
  #start = 0;
  #started = 0;
  #underWay = 0;
  #skipped = 0;
  #isOver = false;
  #stable = false;
  #settle: () => void = () => {};

  constructor(send: Send, load: Load, limits: LoadLimits, clock: Clock) {
    this.#send = send;
    this.#load = load;
    this.#limits = limits;
    this.#clock = clock;
  }

  async run(isOver: boolean): Promise<LoadResult> {
    this.#isOver = isOver;
    this.#start = this.#windowStart = this.#clock.now();
    const settled = new Promise<void>((resolve) => {
      this.#settle = resolve;
    });
    const cancelWindow = this.#repeat(this.#limits.windowMs, () => this.#closeWindow());
    const cancelSend = this.#load.kind === "rate" ? this.#repeat(1, () => this.#sendDue()) : undefined;
    if (this.#load.kind === "concurrency") for (let i = 0; i < this.#load.value; i++) this.#sendNext();
    this.#settleIfDone();
    await settled;
    cancelWindow();
    cancelSend?.();
    return this.#result();
  }

  /** Sends no more; the measurement ends when what is under way has come back. */
  end(): void {
    this.#isOver = true;
    this.#settleIfDone();
  }

  #result(): LoadResult {
    const isPartWanted = this.#latencies.length > 0 || this.#windowErrors > 0;
    const isFew = this.#windows.length < STABLE_WINDOWS;
    if (this.#windows.length === 0 || (isPartWanted && isFew)) this.#pushWindow();
    return {
      load: this.#load,
      measured: joinWindows(this.#windows.slice(-STABLE_WINDOWS)),
      stable: this.#stable,
      errors: this.#errors,
      skipped: this.#skipped,
    };
  }

  #sendNext(): void {
    if (this.#isOver) return;
    this.#startOne(this.#clock.now());
  }

  /** Open loop: latency counts from when a request was due, so a slow server cannot hide its queue. */
  #sendDue(): void {
    const elapsed = this.#clock.now() - this.#start;
    const due = Math.min(Math.floor((elapsed * this.#load.value) / 1000), this.#limits.maxRequests);
    while (!this.#isOver && this.#started + this.#skipped < due) {
      if (this.#underWay >= MAX_UNDER_WAY) this.#skipped += 1;
      else this.#startOne(this.#start + ((this.#started + this.#skipped + 1) * 1000) / this.#load.value);
    }
    if (this.#started + this.#skipped >= this.#limits.maxRequests) this.end();
  }

  #startOne(dueAt: number): void {
    this.#started += 1;
    this.#underWay += 1;
    if (this.#started >= this.#limits.maxRequests) this.#isOver = true;
    this.#send().then(
      () => this.#finish(dueAt, undefined),
      (error: unknown) => this.#finish(dueAt, error),
    );
  }

  #finish(dueAt: number, error: unknown): void {
    this.#underWay -= 1;
    if (error === undefined) this.#latencies.push(Math.max(0, this.#clock.now() - dueAt));
    else this.#countError(error);
    if (this.#load.kind === "concurrency") this.#sendNext();
    this.#settleIfDone();
  }

  #countError(error: unknown): void {
    this.#windowErrors += 1;
    const message = error instanceof PlatformError ? `${error.code}: ${error.message}` : String(error);
    const key = this.#errors.has(message) || this.#errors.size < MAX_MESSAGES ? message : "others";
    this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
  }

  #closeWindow(): void {
    const isHopeless = this.#latencies.length === 0 && this.#windowErrors > 0;
    this.#pushWindow();
    this.#stable = isStable(this.#windows, this.#limits.tolerance);
    const isLate = this.#clock.now() - this.#start >= this.#limits.maxMs;
    if (this.#stable || isHopeless || isLate) this.end();
  }

  #pushWindow(): void {
    const now = this.#clock.now();
    const seconds = (now - this.#windowStart) / 1000;
    this.#windows.push({
      seconds,
      latencies: Float64Array.from(this.#latencies),
      errors: this.#windowErrors,
    });
    if (this.#windows.length > STABLE_WINDOWS) this.#windows.shift();
    this.#latencies = [];
    this.#windowErrors = 0;
    this.#windowStart = now;
  }

  #settleIfDone(): void {
    if (this.#isOver && this.#underWay === 0) this.#settle();
  }

  /** Calls `fn` again and again until the measurement is over; the result stops it. */
  #repeat(everyMs: number, fn: () => void): () => void {
    let cancel = () => {};
    const arm = () => {
      cancel = this.#clock.after(everyMs, () => {
        fn();
        if (!this.#isOver) arm();
      });
    };
    arm();
    return () => cancel();
  }
}
