import { fork } from "node:child_process";
import { Worker } from "node:worker_threads";
import { PlatformError, workerFile } from "../../base/index.ts";
import type { ScriptCall } from "./message.ts";

/** Where a handler runs: in a thread of the server, or in a process of its own. */
export type Isolation = "thread" | "process";

/** What a host tells. */
export interface HostEvents {
  /** Whatever the code sent. */
  readonly message: (reply: unknown) => void;
  /** It is gone; nothing follows. */
  readonly over: (reason: PlatformError) => void;
}

/** A thread or process with one handler in it. */
export interface ScriptHost {
  post(call: ScriptCall): void;
  /** Ends it, whatever it does. */
  kill(): void;
}

/** Memory of JavaScript values that a handler may use, in megabytes. */
const HEAP_MB = 1024;

/** Loads the handler at `path`; it says `loaded` or `refused`, or is over before. */
export function startHost(path: string, isolation: Isolation, events: HostEvents): ScriptHost {
  return isolation === "process" ? startProcess(path, events) : startThread(path, events);
}

function startThread(path: string, { message, over }: HostEvents): ScriptHost {
  const worker = new Worker(workerFile(import.meta, "script-main"), {
    workerData: { path },
    // The server's secrets are in its environment.
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    name: "sirve-handler",
    stdout: true,
  });
  // What a handler prints is a log: the server's own output is for its user.
  worker.stdout.pipe(process.stderr, { end: false });
  worker.on("message", message);
  worker.on("error", (error: Error) => over(crashed(error)));
  worker.on("exit", () => over(ended("thread ended")));
  return {
    post: (call) => worker.postMessage(call),
    // Never rejects; a thread in a loop is stopped as well.
    kill: () => void worker.terminate(),
  };
}

function startProcess(path: string, { message, over }: HostEvents): ScriptHost {
  const child = fork(workerFile(import.meta, "script-main"), [path], {
    env: {},
    execArgv: [`--max-old-space-size=${HEAP_MB}`, "--disable-warning=ExperimentalWarning"],
    serialization: "advanced",
    stdio: ["ignore", process.stderr.fd, process.stderr.fd, "ipc"],
  });
  child.on("message", message);
  child.on("error", (error: Error) => over(crashed(error)));
  child.on("exit", (code, signal) => over(ended(`process died (${signal ?? `exit code ${code}`})`)));
  return {
    // If it cannot be sent, the process is gone, and "exit" tells.
    post: (call) => child.send(call, () => {}),
    kill: () => child.kill("SIGKILL"),
  };
}

function ended(how: string): PlatformError {
  return new PlatformError("unavailable", `the handler's ${how}`, { field: "handler" });
}

function crashed(cause: Error): PlatformError {
  const isMemory = "code" in cause && cause.code === "ERR_WORKER_OUT_OF_MEMORY";
  const what = isMemory
    ? `needed more than its ${HEAP_MB} MB of memory`
    : `ended by an error: ${cause.message}`;
  return new PlatformError("unavailable", `the handler's thread ${what}`, { cause, field: "handler" });
}
