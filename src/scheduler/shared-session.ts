import { PlatformError } from "../base/index.ts";
import type { Run, RunOptions, RunResult, Session } from "../runtimes/index.ts";
import type { Tensors } from "../tensor/index.ts";
import type { LaneClaim, LaneShare } from "./lane-share.ts";

/** How a session's runs take part in the choice of who gets a lane. */
export interface SharedLanes {
  readonly lanes: LaneShare;
  /** Against the schedulers' weights; small for work that nobody waits for. */
  readonly weight: number;
}

/**
 * The same session for runs outside its scheduler, such as warm-up and profile: each waits until
 * the share gives it a lane, one run at a time, so that loading a version does not push the
 * requests of others aside. {@link Session.close} closes the session itself.
 */
export function sharedSession(session: Session, shared: SharedLanes): Session {
  const runs = new SharedRuns(session, shared);
  return {
    signature: session.signature,
    memoryBytes: session.memoryBytes,
    rows: session.rows,
    rowsReason: session.rowsReason,
    sizeCost: session.sizeCost,
    ...(session.runInline && { runInline: session.runInline.bind(session) }),
    start: (parts, options) => runs.start(parts, options),
    close: () => session.close(),
  };
}

class SharedRuns {
  readonly #session: Session;
  readonly #claim: LaneClaim;
  /** Runs without a lane, oldest first. */
  readonly #waiting: WaitingRun[] = [];
  #isRunning = false;

  constructor(session: Session, { lanes, weight }: SharedLanes) {
    this.#session = session;
    this.#claim = lanes.join(weight, (now) => this.#next(now));
  }

  start(parts: readonly Tensors[], options?: RunOptions): Run {
    const run = new WaitingRun(() => this.#session.start(parts, options));
    this.#waiting.push(run);
    this.#ask();
    return run;
  }

  #ask(): void {
    if (!this.#isRunning && this.#waiting.length > 0) this.#claim.request();
  }

  #next(now: number): boolean {
    for (let run = this.#waiting.shift(); run; run = this.#waiting.shift()) {
      if (run.isOver) continue;
      this.#isRunning = true;
      void this.#follow(run, now); // Never rejects: who asked for the run hears of a failure.
      return true;
    }
    return false;
  }

  async #follow(run: WaitingRun, startedAt: number): Promise<void> {
    await run.begin();
    this.#isRunning = false;
    this.#ask();
    this.#claim.release(startedAt);
  }
}

class WaitingRun implements Run {
  readonly done: Promise<RunResult>;
  isOver = false;
  readonly #start: () => Run;
  readonly #settle: PromiseWithResolvers<RunResult>;
  #run: Run | undefined;

  constructor(start: () => Run) {
    this.#start = start;
    this.#settle = Promise.withResolvers();
    this.done = this.#settle.promise;
  }

  /** Runs it in the lane that it has got; resolves when it is over, however it went. */
  async begin(): Promise<void> {
    try {
      this.#run = this.#start();
      this.#settle.resolve(await this.#run.done);
    } catch (error) {
      this.#settle.reject(error);
    }
    this.isOver = true;
  }

  terminate(): void {
    if (this.#run) {
      this.#run.terminate();
      return;
    }
    this.isOver = true;
    this.#settle.reject(new PlatformError("cancelled", "run terminated"));
  }
}
