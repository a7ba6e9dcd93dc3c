import { PlatformError } from "../../base/index.ts";
import { checkInputs, type Signature, unknownOutput } from "../../model/index.ts";
import { concatRows, type Tensors } from "../../tensor/index.ts";
import type { Run, RunOptions, RunResult, Session } from "../contract.ts";
import type { Isolation } from "./script-host.ts";
import { fromHandler, toHandler } from "./script-tensors.ts";
import type { ScriptThread } from "./script-thread.ts";
import type { ThreadPool } from "./thread-pool.ts";

/** A loaded handler. */
export class ScriptSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes = 0;
  #rows: Session["rows"] = "none";
  #rowsReason = "not tried yet";
  readonly #threads: ThreadPool;

  readonly #isElsewhere: boolean;

  constructor(signature: Signature, threads: ThreadPool, isolation: Isolation) {
    this.signature = signature;
    this.#threads = threads;
    this.#isElsewhere = isolation === "process";
  }

  get rows(): Session["rows"] {
    return this.#rows;
  }

  get rowsReason(): string {
    return this.#rowsReason;
  }

  /** The same, now that its rows have been tried. */
  withRows(rows: Session["rows"], reason: string): this {
    this.#rows = rows;
    this.#rowsReason = reason;
    return this;
  }

  start(parts: readonly Tensors[], options: RunOptions = {}): Run {
    const unknown = options.outputs?.find(
      (name) => !this.signature.outputs.some((spec) => spec.name === name),
    );
    if (unknown !== undefined) {
      return { done: Promise.reject(unknownOutput(unknown, this.signature)), terminate: () => {} };
    }
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
      const inputs = joined(parts);
      const joinedMs = performance.now();
      const { outputs, cpuUs } = await thread.call("predict", toHandler(inputs));
      const answeredMs = performance.now();
      const tensors = fromHandler(outputs, this.signature, checkInputs(this.signature, inputs));
      const chosen = wanted ? new Map([...tensors].filter(([name]) => wanted.includes(name))) : tensors;
      return {
        outputs: chosen,
        cpuUs,
        elsewhereUs: this.#isElsewhere ? cpuUs : 0,
        inputUs: (joinedMs - startedMs) * 1000,
        computeUs: (answeredMs - joinedMs) * 1000,
        outputUs: (performance.now() - answeredMs) * 1000,
      };
    } finally {
      this.#threads.give(thread);
    }
  }
}

/** The parts of a batch as one. */
export function joined(parts: readonly Tensors[]): Tensors {
  const [first = new Map() as Tensors, ...others] = parts;
  if (others.length === 0) return first;
  const names = [...first.keys()];
  return new Map(names.map((name) => [name, concatRows(parts.map((part) => part.get(name) as never))]));
}
