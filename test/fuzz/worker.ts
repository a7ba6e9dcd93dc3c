// Runs the cases of one target in a thread of its own and tells how far it is through shared memory.
import { parentPort, workerData } from "node:worker_threads";
import { lastInput } from "./mutate.ts";
import { Random } from "./random.ts";
import { TARGETS } from "./targets/index.ts";

/** What main.ts hands over. */
export interface FuzzJob {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly cases: number;
  /** One Int32: the case under way. */
  readonly progress: SharedArrayBuffer;
}

const { target: name, seed, from, cases, progress } = workerData as FuzzJob;
const target = TARGETS.find((one) => one.name === name);
if (!target) throw new Error(`no target ${name}`);
const at = new Int32Array(progress);
/** CPU time that no case may need: a hang that ends. */
const MAX_CASE_US = 2_000_000;
for (let index = from; index < from + cases; index++) {
  Atomics.store(at, 0, index);
  const before = process.threadCpuUsage().user;
  try {
    await target.run(new Random(seed, index));
    const usedUs = process.threadCpuUsage().user - before;
    if (usedUs > MAX_CASE_US) throw new Error(`took ${usedUs} µs of CPU`);
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parentPort?.postMessage({ failed: index, problem: `${problem}\nlast damaged input: ${lastInput()}` });
    break;
  }
}
target.close?.();
parentPort?.postMessage({ ended: true });
