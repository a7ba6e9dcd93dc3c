import { PlatformError } from "../../base/index.ts";
import { checkInputs, type Signature } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import { chosenOutputs, joinedParts, refusedRun } from "../batch-tensors.ts";
import type { Run, RunOptions, RunResult, Session } from "../contract.ts";
import type { RowFacts } from "../row-probe.ts";
import { fromHandler, toHandler } from "./script-tensors.ts";
import type { ScriptWorker } from "./script-worker.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** A loaded handler. */
export class ScriptSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes = 0;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly #workers: WorkerPool;

  constructor(signature: Signature, workers: WorkerPool, { rows, rowsReason }: RowFacts) {
    this.signature = signature;
    this.#workers = workers;
    this.rows = rows;
    this.rowsReason = rowsReason;
  }

  start(parts: readonly Tensors[], options: RunOptions = {}): Run {
    const refused = refusedRun(this.signature, options);
    if (refused) return refused;
    const worker = this.#workers.take();
    return {
      done: this.#run(worker, parts, options),
      terminate: () => worker.end(new PlatformError("cancelled", "run terminated")),
    };
  }

  async close(): Promise<void> {
    this.#workers.close();
  }

  async #run(
    worker: ScriptWorker,
    parts: readonly Tensors[],
    { outputs: wanted }: RunOptions,
  ): Promise<RunResult> {
    try {
      await worker.loaded();
      const startedMs = performance.now();
      const inputs = joinedParts(parts);
      const joinedMs = performance.now();
      const { outputs, cpuUs } = await worker.call("predict", toHandler(inputs));
      const answeredMs = performance.now();
      const tensors = fromHandler(outputs, this.signature, checkInputs(this.signature, inputs));
      return {
        outputs: chosenOutputs(tensors, wanted),
        cpuUs,
        elsewhereUs: this.#workers.isElsewhere ? cpuUs : 0,
        inputUs: (joinedMs - startedMs) * 1000,
        computeUs: (answeredMs - joinedMs) * 1000,
        outputUs: (performance.now() - answeredMs) * 1000,
      };
    } finally {
      this.#workers.give(worker);
    }
  }
}
