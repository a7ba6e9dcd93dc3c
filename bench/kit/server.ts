import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A server process under measurement. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  readonly grpcPort: number;
  /** From the start of the process until it said that it is ready, in milliseconds. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** Starts `node ARGS` and waits for its line `{"ready":{"port":…,"grpcPort":…}}`. */
export async function startNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const ready = await readiness(child);
  return {
    pid: child.pid ?? 0,
    port: ready.port,
    grpcPort: ready.grpcPort ?? 0,
    startMs: performance.now() - startedAt,
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function readiness(child: ChildProcess): Promise<{ port: number; grpcPort?: number }> {
  if (!child.stdout) throw new Error("no stdout");
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = line.startsWith('{"ready":')
      ? (JSON.parse(line) as { ready: { port: number; grpcPort?: number } }).ready
      : undefined;
    if (ready) {
      child.stdout.resume();
      return ready;
    }
  }
  throw new Error(`server ended before it was ready (exit ${child.exitCode})`);
}
