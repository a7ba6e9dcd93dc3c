import { parentPort, Worker, workerData } from "node:worker_threads";
import { workerFile } from "../../base/index.ts";
import type { ScriptCall, ScriptData, ScriptReply } from "./message.ts";

/** The server, as its handlers see it. */
export interface HostPort {
  /** Absolute path of the handler. */
  readonly path: string;
  readonly say: (reply: ScriptReply) => void;
  /** Called once, when the handler is loaded. */
  readonly onCall: (take: (call: ScriptCall) => void) => void;
  /** CPU time so far, in microseconds: of the thread, or of the whole process where it is the handler's own. */
  readonly cpuUs: () => number;
}

const sum = ({ user, system }: { readonly user: number; readonly system: number }) => user + system;

/** How this thread or process talks to the server that started it. */
export function hostPort(): HostPort {
  if (parentPort) {
    const port = parentPort;
    return {
      path: (workerData as ScriptData).path,
      say: (reply) => port.postMessage(reply),
      onCall: (take) => port.on("message", take),
      cpuUs: () => sum(process.threadCpuUsage()),
    };
  }
  watchParent();
  return {
    path: process.argv[2] ?? "",
    say: (reply) => void process.send?.(reply),
    onCall: (take) => process.on("message", take),
    cpuUs: () => sum(process.cpuUsage()),
  };
}

/** Without a server there is nothing to do; code in an endless loop never hears of it, so a thread looks. */
function watchParent(): void {
  process.on("disconnect", () => process.exit(0));
  new Worker(workerFile(import.meta, "orphan-main")).unref();
}
