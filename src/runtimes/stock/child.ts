import { type ChildProcess, fork } from "node:child_process";
import { type Clock, PlatformError, workerFile } from "../../base/index.ts";
import type { Answer, LoadOrder, Order } from "./message.ts";

/** After a crash the next process starts no sooner than this; doubled for each crash in a row, up to the last. */
const FIRST_BACK_OFF_MS = 100;
const LAST_BACK_OFF_MS = 5000;

/** A process that runs one order at a time; started when first needed, again after it has died. */
export class StockChild {
  readonly #clock: Clock;
  readonly #execArgv: string[];
  #process: ChildProcess | undefined;
  #answer: ((answer: Answer) => void) | undefined;
  #fail: ((error: PlatformError) => void) | undefined;
  readonly #loaded = new Set<number>();
  #crashes = 0;
  #mayStartAt = 0;
  #isClosed = false;

  constructor(clock: Clock, execArgv: string[]) {
    this.#clock = clock;
    this.#execArgv = execArgv;
  }

  /** Whether a session is loaded in the present process. */
  has(session: number): boolean {
    return this.#loaded.has(session);
  }

  /** Milliseconds until a process may be started, after crashes; 0 if it may now, or one runs. */
  get backOffMs(): number {
    return this.#process ? 0 : Math.max(0, this.#mayStartAt - this.#clock.now());
  }

  /** The answer to an order. @throws PlatformError `unavailable` if the process dies meanwhile, or what `kill` says. */
  async ask(order: Order): Promise<Answer> {
    if (this.#isClosed) throw new PlatformError("unavailable", "the engine is closed");
    const child = (this.#process ??= this.#start());
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#answer = resolve;
      this.#fail = reject;
      child.send(order, () => {}); // If it cannot be sent, the process is gone, and "exit" tells.
    });
    this.#crashes = 0;
    return answer;
  }

  /** Loads a session unless the present process has it. */
  async load(order: LoadOrder): Promise<Answer | undefined> {
    if (this.#loaded.has(order.session)) return undefined;
    const answer = await this.ask(order);
    if (answer.kind === "loaded") this.#loaded.add(order.session);
    return answer;
  }

  /** Forgets a session; not answered. */
  unload(session: number): void {
    if (!this.#loaded.delete(session)) return;
    this.#process?.send({ kind: "unload", session } satisfies Order, () => {});
  }

  /** Ends the process at once; the order under way fails with `error`. The next order starts a new one. */
  kill(error: PlatformError): void {
    this.#end(error);
  }

  close(): void {
    this.#isClosed = true;
    this.#end(new PlatformError("unavailable", "the engine is closed"));
  }

  #start(): ChildProcess {
    const child = fork(workerFile(import.meta, "child-main"), {
      stdio: "ignore",
      execArgv: this.#execArgv,
      serialization: "advanced",
    });
    child.on("message", (answer: Answer) => {
      this.#fail = undefined;
      this.#answer?.(answer);
    });
    child.on("error", () => this.#crashed("could not be started"));
    child.on("exit", (code, signal) => this.#crashed(`died (${signal ?? `exit code ${code}`})`));
    return child;
  }

  #crashed(how: string): void {
    this.#crashes += 1;
    const backOffMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (this.#crashes - 1), LAST_BACK_OFF_MS);
    this.#mayStartAt = this.#clock.now() + backOffMs;
    this.#end(new PlatformError("unavailable", `the engine's process ${how}`, { retryAfterMs: backOffMs }));
  }

  #end(error: PlatformError): void {
    const child = this.#process;
    const fail = this.#fail;
    this.#process = this.#answer = this.#fail = undefined;
    this.#loaded.clear();
    child?.removeAllListeners();
    child?.on("error", () => {}); // A message on its way to a dead process.
    child?.kill("SIGKILL");
    fail?.(error);
  }
}
