import { spawn } from "node:child_process";
import { systemClock } from "../../base/index.ts";
import { LogTail } from "./log-tail.ts";

export interface ProgramOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly folder?: string;
  /** Kills it as well. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null;
  /** What it printed last, on both streams. */
  readonly lines: readonly string[];
  readonly isTimeout: boolean;
}

/** Runs a program to its end; it and all that it started are killed once the time is over. @throws Error if it cannot be started. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { environment, timeoutMs, folder, signal }: ProgramOptions,
): Promise<Ended> {
  const log = new LogTail(
    () => {},
    () => 0,
  );
  const ended = Promise.withResolvers<number | null>();
  const child = spawn(program, args, {
    env: environment,
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => log.push(chunk));
  child.on("error", ended.reject);
  child.on("close", ended.resolve);
  let isTimeout = false;
  const forget = systemClock.after(timeoutMs, () => {
    isTimeout = true;
    killGroup(child.pid);
  });
  const stop = () => killGroup(child.pid);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const code = await ended.promise;
    return { code, lines: log.lines, isTimeout };
  } finally {
    forget();
    signal?.removeEventListener("abort", stop);
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended just now.
  }
}
