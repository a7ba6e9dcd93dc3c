import { PlatformError } from "../../base/index.ts";
import { checkInputs, type Signature } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import { chosenOutputs, joinedParts, refusedRun } from "../batch-tensors.ts";
import type { Run, RunOptions, RunResult, Session } from "../contract.ts";
import type { RowFacts } from "../row-probe.ts";
import { fromHandler, toHandler } from "./script-tensors.ts";
import type { ScriptThread } from "./script-thread.ts";
import type { ThreadPool } from "./thread-pool.ts";

/** A loaded handler. */
export class ScriptSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes = 0;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly #threads: ThreadPool;

  constructor(signature: Signature, threads: ThreadPool, { rows, rowsReason }: RowFacts) {
    this.signature = signature;
    this.#threads = threads;
    this.rows = rows;
    this.rowsReason = rowsReason;
  }

  start(parts: readonly Tensors[], options: RunOptions = {}): Run {
    const refused = refusedRun(this.signature, options);
    if (refused) return refused;
    const thread = this.#threads.take();
    return {
      done: this.#run(thread, parts, options),
      terminate: () => thread.end(new PlatformError("cancelled", "run terminated")),
    };
  }

  async close(): Promise<void> {
    this.#threads.close();
  }

  async #run(
    thread: ScriptThread,
    parts: readonly Tensors[],
    { outputs: wanted }: RunOptions,
  ): Promise<RunResult> {
    try {
      await thread.loaded();
      const startedMs = performance.now();
      const inputs = joinedParts(parts);
      const joinedMs = performance.now();
      const { outputs, cpuUs } = await thread.call("predict", toHandler(inputs));
      const answeredMs = performance.now();
      const tensors = fromHandler(outputs, this.signature, checkInputs(this.signature, inputs));
      return {
        outputs: chosenOutputs(tensors, wanted),
        cpuUs,
        elsewhereUs: this.#threads.isElsewhere ? cpuUs : 0,
        inputUs: (joinedMs - startedMs) * 1000,
        computeUs: (answeredMs - joinedMs) * 1000,
        outputUs: (performance.now() - answeredMs) * 1000,
      };
    } finally {
      this.#threads.give(thread);
    }
  }
}
