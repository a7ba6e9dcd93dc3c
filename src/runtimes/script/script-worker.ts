import { type Clock, type Deadline, PlatformError } from "../../base/index.ts";
import type { HandlerTensor } from "./handler.ts";
import { isReply, type ScriptFailure, type ScriptFunction, type ScriptReply } from "./message.ts";
import { type Isolation, type ScriptHost, startHost } from "./script-host.ts";

/** What a handler declares. */
export type Loaded = Extract<ScriptReply, { kind: "loaded" }>;
type Answered = Extract<ScriptReply, { kind: "answered" }>;

/** How a handler is started. */
export interface WorkerSettings {
  /** Absolute path of the handler. */
  readonly path: string;
  readonly isolation: Isolation;
  /** Longest that it may take to load, in milliseconds. */
  readonly loadTimeoutMs: number;
  readonly clock: Clock;
}

/** A thread or process with one handler. It makes one call at a time. */
export class ScriptWorker {
  readonly #host: ScriptHost;
  readonly #loaded = Promise.withResolvers<Loaded>();
  #call: PromiseWithResolvers<Answered> | undefined;
  #calls = 0;
  #end: PlatformError | undefined;

  constructor({ path, isolation, loadTimeoutMs, clock }: WorkerSettings) {
    this.#host = startHost(path, isolation, {
      message: (reply) => this.#take(reply),
      over: (reason) => this.#over(reason),
    });
    const forget = clock.after(loadTimeoutMs, () => this.end(tooSlow(loadTimeoutMs)));
    this.#loaded.promise.catch(() => {}).finally(forget);
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

  /** @throws PlatformError as the handler failed, or the worker ended. */
  async call(name: ScriptFunction, inputs: Readonly<Record<string, HandlerTensor>>): Promise<Answered> {
    if (this.#end) throw this.#end;
    const call = Promise.withResolvers<Answered>();
    this.#call = call;
    this.#calls += 1;
    this.#host.post({ id: this.#calls, name, inputs });
    return call.promise;
  }

  /** Ends the worker, whatever it does. */
  end(reason: PlatformError): void {
    this.#over(reason);
    this.#host.kill();
  }

  #take(reply: unknown): void {
    // The handler's own code can send as well.
    if (!isReply(reply)) return;
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

function tooSlow(ms: number): PlatformError {
  return new PlatformError("failed_precondition", `the handler was not loaded after ${ms} ms`, {
    field: "handler",
    hint: "raise engine.probeTimeoutMs if its load takes longer",
  });
}
