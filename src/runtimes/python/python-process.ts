import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { type Clock, PlatformError } from "../../base/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import { deathError, failureError, withLines } from "./failure.ts";
import { encodeFrame, type Frame, FrameReader, MAX_PAYLOAD_BYTES } from "./frame.ts";
import { LogTail } from "./log-tail.ts";
import { type Packed, pack } from "./payload.ts";
import { removeTree } from "./private-folder.ts";
import { residentBytes } from "./process-group.ts";
import { type Answered, type Loaded, type Reply, replySchema } from "./reply.ts";
import { INLINE_BYTES, SharedSlot } from "./shared-slot.ts";

/** What a process is started with. */
export interface ProcessPlan {
  /** Python, perhaps of an environment. */
  readonly executable: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A folder of its own, removed at its end. */
  readonly home: string;
  /** Folder of the version, and the file in it that it is. */
  readonly folder: string;
  readonly path: string;
  /** Name of the file in worker/adapters. */
  readonly adapter: string;
  readonly loadTimeoutMs: number;
  /** Where shared memory is. */
  readonly sharedFolder: string;
}

/** An answer to a call, with what its tensors are views of. */
export interface Answer {
  readonly reply: Answered;
  readonly payload: Buffer;
}

const MAIN = fileURLToPath(new URL("./worker/main.py", import.meta.url));

/** After SIGTERM a process has so long before SIGKILL. */
const GRACE_MS = 500;
/** After its end, what it printed last has so long to come: someone who inherited its output may keep it open. */
const LAST_WORDS_MS = 250;

/** One Python process with one version. It makes one call at a time, and leads a process group. */
export class PythonProcess {
  readonly #child: ChildProcess;
  readonly #plan: ProcessPlan;
  readonly #clock: Clock;
  readonly #log: LogTail;
  readonly #reader = new FrameReader();
  readonly #slots: readonly (SharedSlot | undefined)[];
  readonly #loaded = Promise.withResolvers<Loaded>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #timers: (() => void)[] = [];
  #call: PromiseWithResolvers<Answer> | undefined;
  #calls = 0;
  #isGone = false;
  #end: PlatformError | undefined;
  /** Called when it ends, by itself or not. */
  onEnd: (reason: PlatformError) => void = () => {};

  constructor(plan: ProcessPlan, clock: Clock, print: (text: string) => void) {
    this.#plan = plan;
    this.#clock = clock;
    this.#log = new LogTail(print, () => clock.now());
    this.#slots = [SharedSlot.open(plan.sharedFolder), SharedSlot.open(plan.sharedFolder)];
    this.#loaded.promise.catch(() => {});
    this.#child = this.#start();
    this.#listen();
    const { folder, path, adapter, loadTimeoutMs } = plan;
    this.#send(encodeFrame({ op: "load", folder, path, adapter, parent: process.pid }));
    this.#timers.push(clock.after(loadTimeoutMs, () => this.#tooSlow()));
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Calls that it was asked for. */
  get calls(): number {
    return this.#calls;
  }

  /** Memory that it holds now. */
  get memoryBytes(): number {
    return this.#child.pid === undefined ? 0 : residentBytes(this.#child.pid);
  }

  /** What it declares, once it is loaded. @throws PlatformError with the user's own message. */
  async loaded(): Promise<Loaded> {
    return await this.#loaded.promise;
  }

  /** Settles once nothing of it is left. */
  async ended(): Promise<void> {
    await this.#ended.promise;
  }

  /** @throws PlatformError as the handler failed, or the process ended. */
  async predict(inputs: Tensors): Promise<Answer> {
    if (this.#end) throw this.#end;
    const frame = this.#frameOf(pack(inputs));
    const call = Promise.withResolvers<Answer>();
    this.#call = call;
    this.#send(frame);
    return await call.promise;
  }

  /** Ends the process and all that it started. The call under way fails with `reason`, at once. */
  end(reason: PlatformError): void {
    this.#over(reason);
    if (this.#isGone) return;
    this.#signal("SIGTERM");
    this.#timers.push(this.#clock.after(GRACE_MS, () => this.#signal("SIGKILL")));
  }

  #start(): ChildProcess {
    const { executable, environment, home, folder } = this.#plan;
    const [input, output] = this.#slots.map((slot) => slot?.fd ?? ("ignore" as const));
    // -u: nothing printed is held back; -B, -s: nothing is written beside the code, nothing read from a home.
    return spawn(executable, ["-u", "-B", "-s", MAIN], {
      cwd: folder,
      env: { ...environment, HOME: home, TMPDIR: home },
      stdio: ["ignore", "pipe", "pipe", "pipe", input, output],
      detached: true,
    });
  }

  #listen(): void {
    const child = this.#child;
    const channel = child.stdio[3] as Socket;
    channel.on("data", (chunk: Buffer) => this.#read(chunk));
    channel.on("error", () => {}); // It is gone, and "exit" tells.
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => this.#log.push(chunk));
    }
    child.on("error", (error) => {
      this.#over(notStarted(this.#plan.executable, error));
      if (child.pid === undefined) this.#gone();
    });
    child.on("exit", (code, signal) => {
      this.#signal("SIGKILL"); // What it started ends with it.
      const tell = () => {
        this.#over(deathError({ code, signal }, this.#log.lines));
        this.#gone();
      };
      this.#timers.push(this.#clock.after(LAST_WORDS_MS, tell));
      child.on("close", tell);
    });
  }

  #frameOf({ described: tensors, parts, bytes }: Packed): Buffer {
    this.#calls += 1;
    const header = { op: "predict", id: this.#calls, tensors };
    if (bytes > INLINE_BYTES && bytes <= MAX_PAYLOAD_BYTES && this.#slots[0]?.write(parts)) {
      return encodeFrame({ ...header, shared: bytes });
    }
    return encodeFrame(header, parts);
  }

  #send(frame: Buffer): void {
    (this.#child.stdio[3] as Socket).write(frame);
  }

  #read(chunk: Buffer): void {
    if (this.#end) return;
    try {
      for (const frame of this.#reader.push(chunk)) this.#take(frame);
    } catch (cause) {
      const message = "the handler's process does not keep to the protocol";
      this.end(
        new PlatformError("unavailable", message, {
          field: "handler",
          hint: "something in it wrote to a file descriptor that is not its own",
          cause,
        }),
      );
    }
  }

  /** @throws Error if nobody asked for this. */
  #take({ header, payload }: Frame): void {
    const reply = replySchema.parse(header);
    if (reply.op === "loaded") {
      this.#isLoaded();
      this.#loaded.resolve(reply);
    } else if (reply.op === "refused") {
      this.end(failureError(reply.failure, "failed_precondition", "cannot be loaded"));
    } else this.#settle(reply, payload);
  }

  #settle(reply: Exclude<Reply, { op: "loaded" | "refused" }>, payload: Buffer): void {
    const call = this.#call;
    if (!call || reply.id !== this.#calls) throw new RangeError("an answer that nobody asked for");
    if (reply.op === "failed") {
      this.#call = undefined;
      const code = reply.failure.isCallers ? "invalid_argument" : "internal";
      call.reject(failureError(reply.failure, code, "failed"));
      return;
    }
    const bytes = reply.shared === undefined ? payload : this.#shared(reply.shared);
    this.#call = undefined;
    call.resolve({ reply, payload: bytes });
  }

  #shared(bytes: number): Buffer {
    const [, output] = this.#slots;
    if (!output) throw new RangeError("shared memory that is not there");
    return output.read(bytes);
  }

  /** The time for its load is over no more. */
  #isLoaded(): void {
    for (const forget of this.#timers.splice(0)) forget();
  }

  #tooSlow(): void {
    const { loadTimeoutMs } = this.#plan;
    const hint = "raise engine.probeTimeoutMs if its load takes longer";
    this.end(
      withLines(
        "failed_precondition",
        `the handler was not loaded after ${loadTimeoutMs} ms`,
        this.#log.lines,
        hint,
      ),
    );
  }

  #over(reason: PlatformError): void {
    if (this.#end) return;
    this.#end = reason;
    this.#loaded.reject(reason);
    this.#call?.reject(reason);
    this.#call = undefined;
    this.onEnd(reason);
  }

  /** Called once the process has ended and its last words are heard. */
  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    for (const forget of this.#timers.splice(0)) forget();
    for (const slot of this.#slots) slot?.close();
    for (const stream of this.#child.stdio) stream?.destroy();
    removeTree(this.#plan.home);
    this.#ended.resolve();
  }

  /** To the whole group. */
  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#isGone) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody is left in it.
    }
  }
}

function notStarted(executable: string, cause: Error): PlatformError {
  return new PlatformError("unavailable", `${executable} cannot be started: ${cause.message}`, {
    field: "handler",
    cause,
  });
}
