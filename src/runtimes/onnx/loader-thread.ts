import { Worker } from "node:worker_threads";
import { PlatformError, workerFile } from "../../base/index.ts";
import type { LoadReply, LoadRequest } from "./create-session.ts";
import type { Address } from "./ffi.ts";
import { OPENED, type ThreadStart } from "./lane.ts";

/** What a loader's thread is started with. */
export interface LoaderData extends ThreadStart {
  readonly env: Address;
}

/** What a loader's thread is told; it answers each once, in order: a release with nothing. */
export type LoaderTask =
  | { readonly kind: "create"; readonly request: LoadRequest }
  | { readonly kind: "release"; readonly session: Address };

interface Pending {
  readonly resolve: (reply: LoadReply | undefined) => void;
  readonly reject: (error: PlatformError) => void;
}

/** One thread that creates and releases sessions, one after the other. */
export class LoaderThread {
  readonly #worker: Worker;
  readonly #pending: Pending[] = [];
  #isOver = false;
  /** Settled once the thread has opened the library, or has ended. */
  readonly #opened = Promise.withResolvers<void>();

  constructor(data: LoaderData) {
    const { execArgv, ...workerData } = data;
    this.#worker = new Worker(workerFile(import.meta, "loader-main"), {
      workerData,
      execArgv,
      name: "sirve-loader",
    });
    this.#worker.on("message", (reply: LoadReply | typeof OPENED | undefined) => {
      if (reply === OPENED) this.#opened.resolve();
      else this.#pending.shift()?.resolve(reply);
    });
    this.#worker.on("error", () => {}); // "exit" follows.
    this.#worker.on("exit", () => {
      this.#isOver = true;
      this.#opened.resolve();
      for (const { reject } of this.#pending.splice(0)) reject(ended());
    });
  }

  /** Tasks that are not answered yet; a thread that has ended counts as the busiest. */
  get pending(): number {
    return this.#isOver ? Number.POSITIVE_INFINITY : this.#pending.length;
  }

  async create(request: LoadRequest): Promise<LoadReply> {
    const reply = await this.#ask({ kind: "create", request });
    if (!reply) throw ended();
    return reply;
  }

  async release(session: Address): Promise<void> {
    await this.#ask({ kind: "release", session });
  }

  /** Ends the thread, but not while it opens the library: see Lane.close. */
  async close(): Promise<void> {
    await this.#opened.promise;
    await this.#worker.terminate();
  }

  async #ask(task: LoaderTask): Promise<LoadReply | undefined> {
    if (this.#isOver) throw ended();
    return await new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      this.#worker.postMessage(task);
    });
  }
}

const ended = () => new PlatformError("unavailable", "the loading thread ended");
