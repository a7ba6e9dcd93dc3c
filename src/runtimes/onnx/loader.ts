import { Worker } from "node:worker_threads";
import { PlatformError } from "../../base/index.ts";
import { workerFile } from "../worker-file.ts";
import type { LoadReply, LoadRequest } from "./create-session.ts";
import type { Address } from "./ffi.ts";

/** What a loader's thread is started with. */
export interface LoaderData {
  readonly libraryPath: string;
  readonly env: Address;
}

interface Waiting {
  readonly request: LoadRequest;
  readonly resolve: (reply: LoadReply) => void;
  readonly reject: (error: PlatformError) => void;
}

/** Creates sessions one after another in a thread of low priority, which starts with the first request. */
export class Loader {
  readonly #data: LoaderData;
  #worker: Worker | undefined;
  #current: Waiting | undefined;
  readonly #waiting: Waiting[] = [];

  constructor(data: LoaderData) {
    this.#data = data;
  }

  /** Requests that are not answered yet. */
  get pending(): number {
    return this.#waiting.length + (this.#current ? 1 : 0);
  }

  async create(request: LoadRequest): Promise<LoadReply> {
    const reply = Promise.withResolvers<LoadReply>();
    this.#waiting.push({ request, resolve: reply.resolve, reject: reply.reject });
    this.#next();
    return await reply.promise;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current) return;
    this.#current = this.#waiting.shift();
    if (!this.#current) return;
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#current.request);
  }

  #start(): Worker {
    const worker = new Worker(workerFile(import.meta, "loader-main"), {
      workerData: this.#data,
      name: "sirve-loader",
    });
    worker.on("message", (reply: LoadReply) => {
      this.#current?.resolve(reply);
      this.#current = undefined;
      this.#next();
    });
    worker.on("error", () => {}); // "exit" follows.
    worker.on("exit", () => {
      this.#worker = undefined;
      this.#current?.reject(new PlatformError("unavailable", "the loading thread ended"));
      this.#current = undefined;
      this.#next();
    });
    return worker;
  }
}
