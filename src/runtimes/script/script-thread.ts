import { Worker } from "node:worker_threads";
import { type Deadline, PlatformError, workerFile } from "../../base/index.ts";
import type { HandlerTensor } from "./handler.ts";
import type { ScriptCall, ScriptFailure, ScriptFunction, ScriptReply } from "./message.ts";

/** Memory of JavaScript values that a handler may use, in megabytes. */
const HEAP_MB = 1024;

/** What a handler declares. */
export type Loaded = Extract<ScriptReply, { kind: "loaded" }>;
type Answered = Extract<ScriptReply, { kind: "answered" }>;

/** One thread with one handler. It makes one call at a time. */
export class ScriptThread {
  readonly #worker: Worker;
  readonly #loaded = Promise.withResolvers<Loaded>();
  #call: PromiseWithResolvers<Answered> | undefined;
  #calls = 0;
  #end: PlatformError | undefined;

  constructor(path: string) {
    this.#worker = new Worker(workerFile(import.meta, "script-main"), {
      workerData: { path },
      // The server's secrets are in its environment.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      name: "sirve-handler",
      stdout: true,
    });
    // What a handler prints is a log: the server's own output is for its user.
    this.#worker.stdout.pipe(process.stderr, { end: false });
    this.#worker.on("message", (reply: ScriptReply) => this.#take(reply));
    this.#worker.on("error", (error: Error) => this.#over(crashed(error)));
    this.#worker.on("exit", () => this.#over(new PlatformError("unavailable", "the handler's thread ended")));
    this.#loaded.promise.catch(() => {});
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** What the handler declares, once it is loaded. @throws PlatformError with the user's own message. */
  async loaded(deadline?: Deadline): Promise<Loaded> {
    const forget = deadline?.onEnd((reason) => this.end(reason));
    try {
      return await this.#loaded.promise;
    } finally {
      forget?.();
    }
  }

  /** @throws PlatformError as the handler failed, or the thread ended. */
  async call(name: ScriptFunction, inputs: Readonly<Record<string, HandlerTensor>>): Promise<Answered> {
    if (this.#end) throw this.#end;
    const call = Promise.withResolvers<Answered>();
    this.#call = call;
    this.#calls += 1;
    this.#worker.postMessage({ id: this.#calls, name, inputs } satisfies ScriptCall);
    return call.promise;
  }

  /** Ends the thread, whatever it does. */
  end(reason: PlatformError): void {
    this.#over(reason);
    // Never rejects; a thread in a loop is stopped as well.
    void this.#worker.terminate();
  }

  #take(reply: ScriptReply): void {
    if (reply.kind === "loaded") this.#loaded.resolve(reply);
    else if (reply.kind === "refused") {
      this.end(failed(reply.failure, "failed_precondition", "cannot be loaded"));
    } else if (reply.id === this.#calls) this.#settle(reply);
  }

  #settle(reply: Extract<ScriptReply, { id: number }>): void {
    const call = this.#call;
    this.#call = undefined;
    if (reply.kind === "answered") call?.resolve(reply);
    else {
      call?.reject(
        failed(reply.failure, reply.failure.isCallers ? "invalid_argument" : "internal", "failed"),
      );
    }
  }

  #over(reason: PlatformError): void {
    if (this.#end) return;
    this.#end = reason;
    this.#loaded.reject(reason);
    this.#call?.reject(reason);
    this.#call = undefined;
  }
}

/** The user's own stack is the cause: it is logged, and not sent. */
function failed(
  { message, stack }: ScriptFailure,
  code: "failed_precondition" | "invalid_argument" | "internal",
  how: string,
): PlatformError {
  const cause = new Error(message);
  cause.stack = stack;
  return new PlatformError(code, `the handler ${how}: ${message}`, { cause, field: "handler" });
}

function crashed(cause: Error): PlatformError {
  const isMemory = "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY";
  const what = isMemory
    ? `needed more than its ${HEAP_MB} MB of memory`
    : `ended by an error: ${cause.message}`;
  return new PlatformError("unavailable", `the handler's thread ${what}`, { cause, field: "handler" });
}
