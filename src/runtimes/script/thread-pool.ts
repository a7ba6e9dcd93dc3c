import { PlatformError } from "../../base/index.ts";
import type { Isolation } from "./script-host.ts";
import { ScriptThread } from "./script-thread.ts";

/** The threads of one handler: as many as calls were under way at once. */
export class ThreadPool {
  readonly #path: string;
  readonly #isolation: Isolation;
  readonly #free: ScriptThread[] = [];
  readonly #all = new Set<ScriptThread>();
  #isClosed = false;

  /** Whether they are processes of their own, whose CPU time is not the server's. */
  get isElsewhere(): boolean {
    return this.#isolation === "process";
  }

  constructor(path: string, isolation: Isolation, first: ScriptThread) {
    this.#path = path;
    this.#isolation = isolation;
    this.#all.add(first);
    this.#free.push(first);
  }

  /** A thread that nobody else uses; it may still have to load. */
  take(): ScriptThread {
    for (let thread = this.#free.pop(); thread; thread = this.#free.pop()) {
      if (!thread.isOver) return thread;
      this.#all.delete(thread);
    }
    const added = new ScriptThread(this.#path, this.#isolation);
    this.#all.add(added);
    return added;
  }

  give(thread: ScriptThread): void {
    if (thread.isOver || this.#isClosed) this.#all.delete(thread);
    else this.#free.push(thread);
  }

  close(): void {
    this.#isClosed = true;
    for (const thread of this.#all) thread.end(new PlatformError("unavailable", "the version is unloaded"));
    this.#all.clear();
  }
}
