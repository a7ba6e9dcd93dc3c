import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Clock, type Deadline, PlatformError, workerFile } from "../../base/index.ts";
import type { Manifest, Signature } from "../../model/index.ts";
import { type RowsFound, SLOW_REASON } from "../row-probe.ts";
import { type LoadReply, type LoadRequest, refusal } from "./create-session.ts";

/** What a probing process is asked to try. */
export interface ProbeTask {
  readonly libraryPath: string;
  readonly request: LoadRequest;
  readonly manifest: Manifest;
  readonly signature: Signature;
}

/** What a probing process says, in this order: that it runs, each run that it is about to make, then how it ended. */
export type ProbeNote =
  | { readonly kind: "ready" }
  | { readonly kind: "run" }
  | { readonly kind: "found"; readonly found: RowsFound; readonly peakRssBytes: number }
  | { readonly kind: "refused"; readonly reply: Exclude<LoadReply, { kind: "created" }> };

/** What a probe of an artifact found: it loads, and this is how it behaves. */
export interface ProbeFound extends RowsFound {
  /** Most memory that the probing process held. */
  readonly peakRssBytes: number;
}

export interface ProbeLimits {
  /** Arguments for Node in the process. */
  readonly execArgv: string[];
  /** Longest the whole probe may take. */
  readonly timeoutMs: number;
  /** Memory at which the process is ended. */
  readonly memoryBytes: number;
  readonly clock: Clock;
}

/** Longest that one run on sample inputs may take; a slower model is accepted, but its rows are not joined. */
const RUN_MS = 2000;

/** How often the memory of the process is looked at. */
const WATCH_MS = 20;

/** Found out without a result: a model that loads, but whose run did not end. */
const SLOW: RowsFound = {
  rows: "none",
  rowsReason: SLOW_REASON,
  shapesHold: false,
  isSlow: true,
};

/**
 * Loads and runs an artifact in a process of its own, which may crash, hang or flood memory
 * without harm.
 *
 * @throws PlatformError `failed_precondition` with the reason if it does not load, crashes, or goes
 *   beyond the limits; the reason of `deadline` if that ends first.
 */
export async function probeInChild(
  task: ProbeTask,
  limits: ProbeLimits,
  deadline: Deadline,
): Promise<ProbeFound> {
  const child = fork(workerFile(import.meta, "probe-main"), {
    stdio: "ignore",
    execArgv: limits.execArgv,
    serialization: "advanced",
  });
  const watch = new ProbeWatch(child, task, limits);
  const forget = deadline.onEnd((reason) => watch.end(reason));
  try {
    child.send(task);
    return await watch.result;
  } finally {
    forget();
    watch.stop();
  }
}

/** Watches one probing process until it has said how it ended, or is ended. */
class ProbeWatch {
  readonly result: Promise<ProbeFound>;
  readonly #child: ChildProcess;
  readonly #task: ProbeTask;
  readonly #limits: ProbeLimits;
  #resolve: (found: ProbeFound) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #isReady = false;
  #peakRssBytes = 0;
  readonly #stops = new Map<"timeout" | "memory" | "run", () => void>();

  constructor(child: ChildProcess, task: ProbeTask, limits: ProbeLimits) {
    this.#child = child;
    this.#task = task;
    this.#limits = limits;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    child.on("message", (note: ProbeNote) => this.#hear(note));
    child.on("error", () => this.end(notStarted()));
    child.on("exit", () => this.#gone());
    child.on("disconnect", () => this.#gone());
    const { timeoutMs, clock } = limits;
    const late = refused(
      `did not end within ${timeoutMs} ms`,
      "Raise probeTimeoutMs if the model is that large.",
    );
    this.#stops.set(
      "timeout",
      clock.after(timeoutMs, () => this.end(late)),
    );
    this.#watchMemory();
  }

  /** Ends the process with a reason; later ones change nothing. */
  end(reason: PlatformError): void {
    this.#reject(reason);
    this.stop();
  }

  stop(): void {
    for (const cancel of this.#stops.values()) cancel();
    this.#stops.clear();
    this.#child.removeAllListeners();
    this.#child.on("error", () => {}); // The task on its way to a dead process.
    this.#child.kill("SIGKILL");
  }

  /** The process ended without a result, once all that it had said is heard. */
  #gone(): void {
    const { exitCode, signalCode, connected } = this.#child;
    if (connected || (exitCode === null && signalCode === null)) return;
    const crash = refused(`crashed the engine (${signalCode ?? `exit code ${exitCode}`})`);
    this.end(this.#isReady ? crash : notStarted());
  }

  #hear(note: ProbeNote): void {
    this.#stops.get("run")?.();
    if (note.kind === "ready") {
      this.#isReady = true;
      return;
    }
    if (note.kind === "refused") return this.end(refusal(note.reply, this.#task.request.path));
    if (note.kind === "found") {
      return this.#resolve({ ...note.found, peakRssBytes: Math.max(note.peakRssBytes, this.#peakRssBytes) });
    }
    const accept = () => this.#resolve({ ...SLOW, peakRssBytes: this.#peakRssBytes });
    this.#stops.set("run", this.#limits.clock.after(RUN_MS, accept));
  }

  #watchMemory(): void {
    const rss = residentBytes(this.#child.pid);
    this.#peakRssBytes = Math.max(this.#peakRssBytes, rss);
    const { memoryBytes, clock } = this.#limits;
    if (rss > memoryBytes) {
      const limit = `${Math.round(memoryBytes / 2 ** 20)} MiB`;
      this.end(
        refused(`took more than ${limit} of memory`, "Raise probeMemoryBytes if the model needs that."),
      );
    } else {
      this.#stops.set(
        "memory",
        clock.after(WATCH_MS, () => this.#watchMemory()),
      );
    }
  }
}

function notStarted(): PlatformError {
  return new PlatformError("internal", "the process that tries new models does not start", {
    hint: "sirve doctor checks the installation.",
  });
}

function refused(what: string, hint?: string): PlatformError {
  return new PlatformError("failed_precondition", `the model ${what} in a trial run`, {
    field: "model.onnx",
    ...(hint !== undefined && { hint }),
  });
}

/** Memory of a process; 0 where the kernel does not tell. Source: proc_pid_status(5), VmRSS. */
function residentBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
