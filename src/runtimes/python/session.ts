import { PlatformError } from "../../base/index.ts";
import { checkInputs, type Signature } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import { chosenOutputs, joinedParts, refusedRun } from "../batch-tensors.ts";
import type { Run, RunOptions, RunResult, Session } from "../contract.ts";
import { unpack } from "./payload.ts";
import type { ProcessPool } from "./process-pool.ts";
import type { PythonProcess } from "./python-process.ts";

/** When a process is replaced. */
export interface Recycling {
  readonly maxRequests?: number | undefined;
  readonly maxMemoryBytes?: number | undefined;
}

/** A loaded version in Python. */
export class PythonSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes: number;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly #pool: ProcessPool;
  readonly #recycling: Recycling;
  readonly #onClose: () => void;

  constructor(
    facts: Pick<Session, "signature" | "memoryBytes" | "rows" | "rowsReason">,
    pool: ProcessPool,
    recycling: Recycling,
    onClose: () => void,
  ) {
    this.signature = facts.signature;
    this.memoryBytes = facts.memoryBytes;
    this.rows = facts.rows;
    this.rowsReason = facts.rowsReason;
    this.#pool = pool;
    this.#recycling = recycling;
    this.#onClose = onClose;
  }

  start(parts: readonly Tensors[], options: RunOptions = {}): Run {
    const refused = refusedRun(this.signature, options);
    if (refused) return refused;
    return startRun(
      { pool: this.#pool, signature: this.signature, recycling: this.#recycling },
      parts,
      options,
    );
  }

  async close(): Promise<void> {
    this.#onClose();
    await this.#pool.close();
  }
}

/** Where a run is made. */
export interface Place {
  readonly pool: ProcessPool;
  readonly signature: Signature;
  readonly recycling: Recycling;
}

/** A batch in the next process that is free. */
export function startRun(place: Place, parts: readonly Tensors[], { outputs }: RunOptions = {}): Run {
  const acquired = place.pool.acquire();
  let stopped: PlatformError | undefined;
  let busy: PythonProcess | undefined;
  const run = async (): Promise<RunResult> => {
    const process = await acquired.process;
    try {
      if (stopped) throw stopped; // While the process was on its way here.
      busy = process;
      const result = await compute(process, parts, place.signature);
      return { ...result, outputs: chosenOutputs(result.outputs, outputs) };
    } finally {
      busy = undefined;
      giveBack(place, process);
    }
  };
  return {
    done: run(),
    terminate: () => {
      stopped ??= new PlatformError("cancelled", "run terminated");
      if (busy) busy.end(stopped);
      else acquired.cancel(stopped);
    },
  };
}

async function compute(
  process: PythonProcess,
  parts: readonly Tensors[],
  signature: Signature,
): Promise<RunResult> {
  const startedMs = performance.now();
  const inputs = joinedParts(parts);
  const rows = checkInputs(signature, inputs);
  const asked = process.predict(inputs);
  const sentMs = performance.now();
  const { reply, payload } = await asked;
  const answeredMs = performance.now();
  const outputs = unpack(reply.tensors, payload, signature, rows);
  const inputUs = (sentMs - startedMs) * 1000;
  const outputUs = (performance.now() - answeredMs) * 1000;
  return {
    outputs,
    cpuUs: reply.cpuUs + inputUs + outputUs,
    elsewhereUs: reply.cpuUs,
    inputUs,
    computeUs: (answeredMs - sentMs) * 1000,
    outputUs,
  };
}

/** An old process is replaced between two calls. */
function giveBack({ pool, recycling }: Place, process: PythonProcess): void {
  const { maxRequests = Number.POSITIVE_INFINITY, maxMemoryBytes } = recycling;
  const isOld =
    process.calls >= maxRequests || (maxMemoryBytes !== undefined && process.memoryBytes > maxMemoryBytes);
  if (isOld && !process.isOver) pool.retire(process);
  else pool.release(process);
}
