import { type Clock, PlatformError } from "../../base/index.ts";
import { backOffMs } from "./back-off.ts";
import type { PythonProcess } from "./python-process.ts";

export interface PoolOptions {
  /** Processes at the most. */
  readonly size: number;
  readonly start: () => PythonProcess;
  readonly clock: Clock;
}

/** A call that waits for a process. */
interface Waiter {
  readonly take: (process: PythonProcess) => void;
  readonly fail: (error: PlatformError) => void;
}

/** A process that is wanted; `cancel` gives up the place in the queue. */
export interface Acquired {
  readonly process: Promise<PythonProcess>;
  readonly cancel: (reason: PlatformError) => void;
}

/** Calls wait for the next start after crashes no longer than this; they are told to come back instead. */
const MAX_WAIT_MS = 1000;

/** The processes of one version: one to begin with, more while calls wait, again after they have ended. */
export class ProcessPool {
  readonly #options: PoolOptions;
  readonly #all = new Set<PythonProcess>();
  readonly #free: PythonProcess[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #loading = new Set<PythonProcess>();
  /** Those that end; they hold nothing that is waited for but their own end. */
  readonly #ending = new Set<PythonProcess>();
  #crashes = 0;
  #reason: PlatformError | undefined;
  #mayStartAt = Number.NEGATIVE_INFINITY;
  #forgetStart: (() => void) | undefined;
  #isClosed = false;

  constructor(options: PoolOptions, first: PythonProcess) {
    this.#options = options;
    this.#own(first);
    this.#free.push(first);
  }

  /** Those that are loaded or load now. */
  get processes(): Iterable<PythonProcess> {
    return this.#all;
  }

  /** A process that makes no other call until it is {@link ProcessPool.release}d. */
  acquire(): Acquired {
    const free = this.#free.pop();
    if (free) return { process: Promise.resolve(free), cancel: () => {} };
    const waits = Promise.withResolvers<PythonProcess>();
    const waiter: Waiter = { take: waits.resolve, fail: waits.reject };
    const refusal = this.#refusal();
    if (refusal) waiter.fail(refusal);
    else {
      this.#waiting.push(waiter);
      this.#grow();
    }
    const cancel = (reason: PlatformError) => {
      const at = this.#waiting.indexOf(waiter);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      waiter.fail(reason);
    };
    return { process: waits.promise, cancel };
  }

  /** Gives a process back whose call is over. */
  release(process: PythonProcess): void {
    if (process.isOver || this.#isClosed) return;
    this.#crashes = 0;
    this.#offer(process);
  }

  /** Ends a process that has grown old; another takes its place. */
  retire(process: PythonProcess): void {
    this.#crashes = 0;
    this.#lose(process);
    process.onEnd = () => {};
    process.end(new PlatformError("unavailable", "the handler's process is replaced"));
    this.#grow();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#forgetStart?.();
    const reason = new PlatformError("unavailable", "the version is unloaded");
    for (const waiter of this.#waiting.splice(0)) waiter.fail(reason);
    const last = [...this.#all, ...this.#ending];
    for (const process of this.#all) process.end(reason);
    await Promise.all(last.map(async (process) => process.ended()));
  }

  #offer(process: PythonProcess): void {
    const waiter = this.#waiting.shift();
    if (waiter) waiter.take(process);
    else this.#free.push(process);
  }

  /** Starts one more if calls wait, or if there is none at all. */
  #grow(): void {
    const isWanted = this.#waiting.length > this.#loading.size || this.#all.size === 0;
    if (this.#isClosed || !isWanted || this.#all.size >= this.#options.size || this.#forgetStart) return;
    const { clock } = this.#options;
    const waitMs = this.#mayStartAt - clock.now();
    if (waitMs <= 0) {
      this.#start();
      return;
    }
    this.#forgetStart = clock.after(waitMs, () => {
      this.#forgetStart = undefined;
      this.#grow();
    });
  }

  #start(): void {
    const process = this.#options.start();
    this.#own(process);
    this.#loading.add(process);
    void this.#ready(process);
  }

  /** Never rejects: the end of a process that is not loaded tells by itself. */
  async #ready(process: PythonProcess): Promise<void> {
    try {
      await process.loaded();
      this.#loading.delete(process);
      if (!process.isOver) this.#offer(process);
    } catch {
      // Its end tells.
    }
  }

  #own(process: PythonProcess): void {
    this.#all.add(process);
    process.onEnd = (reason) => this.#lost(process, reason);
  }

  #lose(process: PythonProcess): void {
    this.#all.delete(process);
    this.#loading.delete(process);
    const at = this.#free.indexOf(process);
    if (at >= 0) this.#free.splice(at, 1);
    this.#ending.add(process);
    void process.ended().then(() => this.#ending.delete(process));
  }

  #lost(process: PythonProcess, reason: PlatformError): void {
    const wasLoading = this.#loading.has(process);
    this.#lose(process);
    if (this.#isClosed) return;
    // A call that was stopped took its process with it: no fault of the code's.
    if (reason.code !== "cancelled") this.#crashed(reason);
    if (wasLoading && this.#all.size === 0) {
      for (const waiter of this.#waiting.splice(0)) waiter.fail(this.#unavailable(reason));
    }
    this.#grow();
  }

  #crashed(reason: PlatformError): void {
    this.#crashes += 1;
    this.#reason = reason;
    this.#mayStartAt = this.#options.clock.now() + backOffMs(this.#crashes);
  }

  /** Why a call is not even made to wait. */
  #refusal(): PlatformError | undefined {
    if (this.#isClosed) return new PlatformError("unavailable", "the version is unloaded");
    const waitMs = this.#mayStartAt - this.#options.clock.now();
    if (this.#all.size > 0 || waitMs <= MAX_WAIT_MS || !this.#reason) return undefined;
    return this.#unavailable(this.#reason);
  }

  #unavailable(reason: PlatformError): PlatformError {
    const retryAfterMs = Math.max(0, Math.ceil(this.#mayStartAt - this.#options.clock.now()));
    return new PlatformError("unavailable", `the handler's process does not start again: ${reason.message}`, {
      ...reason.details,
      retryAfterMs,
      cause: reason.cause,
    });
  }
}
