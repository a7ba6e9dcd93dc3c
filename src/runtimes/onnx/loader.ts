import type { LoadReply, LoadRequest } from "./create-session.ts";
import type { Address } from "./ffi.ts";
import { type LoaderData, LoaderThread } from "./loader-thread.ts";

/** So that a small model does not wait for a large one; more would take too much from the lanes. */
const MAX_THREADS = 2;

/** Creates and releases sessions in threads of low priority. */
export class Loader {
  readonly #data: LoaderData;
  readonly #threads: LoaderThread[] = [];

  /** Starts the first thread at once: what is loaded first is waited for. */
  constructor(data: LoaderData) {
    this.#data = data;
    this.#threads.push(new LoaderThread(data));
  }

  async create(request: LoadRequest): Promise<LoadReply> {
    return await this.#leastBusy().create(request);
  }

  /** Frees a session and gives its memory back to the system; resolves when it is done. */
  async release(session: Address): Promise<void> {
    await this.#leastBusy().release(session);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #leastBusy(): LoaderThread {
    const [thread] = this.#threads.toSorted((a, b) => a.pending - b.pending);
    if (thread && (thread.pending === 0 || this.#threads.length === MAX_THREADS)) return thread;
    const added = new LoaderThread(this.#data);
    this.#threads.push(added);
    return added;
  }
}
