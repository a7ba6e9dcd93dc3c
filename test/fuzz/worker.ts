// Runs the cases of one target in a thread of its own and tells how far it is through shared memory.
import { parentPort, workerData } from "node:worker_threads";
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
for (let index = from; index < from + cases; index++) {
  Atomics.store(at, 0, index);
  try {
    await target.run(new Random(seed, index));
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    parentPort?.postMessage({ failed: index, problem });
    break;
  }
}
target.close?.();
parentPort?.postMessage({ ended: true });
