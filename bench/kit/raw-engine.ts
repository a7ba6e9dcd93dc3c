import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface RawMeasure {
  readonly rows: number;
  readonly cpuUs: number;
  readonly medianUs: number;
}

/** The engine alone in a process of its own, measured on command. */
export interface RawEngine {
  readonly pid: number;
  measure(seconds: number, batch: number): Promise<RawMeasure>;
  stop(): Promise<void>;
}

export async function startRawEngine(modelPath: string): Promise<RawEngine> {
  const child = spawn(process.execPath, ["bench/servers/raw-engine.ts", modelPath], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    pid: child.pid ?? 0,
    async measure(seconds, batch) {
      child.stdin.write(`${seconds} ${batch}\n`);
      const { value } = (await lines.next()) as { value: string };
      return JSON.parse(value) as RawMeasure;
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** The batch size at which the engine costs the least CPU per row. */
export async function bestBatch(engine: RawEngine): Promise<number> {
  let best = { batch: 1, cpuUs: Number.POSITIVE_INFINITY };
  for (const batch of [1, 2, 4, 8, 16, 32, 64, 128]) {
    const { rows, cpuUs } = await engine.measure(0.4, batch);
    if (cpuUs / rows < best.cpuUs) best = { batch, cpuUs: cpuUs / rows };
  }
  return best.batch;
}
