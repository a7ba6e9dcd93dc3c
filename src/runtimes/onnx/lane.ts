import { Worker } from "node:worker_threads";
import { workerFile } from "../../base/index.ts";
import { CALL_WORDS } from "./run-call.ts";

/** What a lane's thread is started with. */
export interface LaneData {
  readonly libraryPath: string;
  /** Shared memory for the call at hand. */
  readonly call: Float64Array;
}

/** How a thread of the engine is started. */
export interface ThreadStart {
  readonly libraryPath: string;
  /** Arguments for Node. */
  readonly execArgv: string[];
}

/** One call to make in a lane. The functions run on the main thread. */
export interface LaneJob {
  /** Readies the call; undefined if there is nothing to do any more. Never throws. */
  readonly begin: () => Float64Array | undefined;
  /** The call was made; what came of it is in what `begin` gave. Never throws. */
  readonly end: () => void;
  /** The lane is gone and the call with it. */
  readonly lose: () => void;
}

/** What a thread of the engine says when it has opened the library. */
export const OPENED = "opened";

/** A thread that makes native calls, one at a time. */
export class Lane {
  readonly #worker: Worker;
  readonly #shared = new Float64Array(new SharedArrayBuffer(CALL_WORDS * 8));
  readonly #onFree: (lane: Lane) => void;
  #job: LaneJob | undefined;
  #call: Float64Array | undefined;
  #isRetired = false;
  /** Settled once the thread has opened the library, or has ended. */
  readonly #opened = Promise.withResolvers<void>();

  /** `onFree` is called after each job, `onDead` if the thread ends by itself. */
  constructor(
    { libraryPath, execArgv }: ThreadStart,
    onFree: (lane: Lane) => void,
    onDead: (lane: Lane) => void,
  ) {
    this.#onFree = onFree;
    const workerData: LaneData = { libraryPath, call: this.#shared };
    this.#worker = new Worker(workerFile(import.meta, "lane-main"), {
      workerData,
      execArgv,
      name: "sirve-lane",
    });
    this.#worker.on("message", (message) => {
      if (message === OPENED) this.#opened.resolve();
      else this.#finish();
    });
    this.#worker.on("error", () => {}); // "exit" follows.
    this.#worker.on("exit", () => {
      this.#opened.resolve();
      const job = this.#job;
      this.#job = undefined;
      onDead(this);
      job?.lose();
    });
  }

  /** What it is doing. */
  get job(): LaneJob | undefined {
    return this.#job;
  }

  /** Starts a job; false if there was nothing to do and the lane is still free. */
  start(job: LaneJob): boolean {
    const call = job.begin();
    if (!call) return false;
    this.#job = job;
    this.#call = call;
    this.#shared.set(call);
    this.#worker.postMessage(0);
    return true;
  }

  /** Ends the thread as soon as the call under way has come back, whenever that may be. */
  retire(): void {
    this.#isRetired = true;
    this.#worker.removeAllListeners("exit");
    this.#worker.unref();
  }

  /**
   * Ends the thread once the call under way has come back. One that is still opening the library is
   * let do so: Node ends the whole process if a thread is terminated while it loads native code.
   */
  async close(): Promise<void> {
    this.#worker.removeAllListeners("exit").once("exit", () => this.#opened.resolve());
    await this.#opened.promise;
    await this.#worker.terminate();
  }

  #finish(): void {
    const job = this.#job;
    this.#call?.set(this.#shared);
    this.#job = this.#call = undefined;
    if (!this.#isRetired) this.#onFree(this);
    job?.end();
    // Nothing waits for a thread that was given up.
    if (this.#isRetired) void this.#worker.terminate();
  }
}
