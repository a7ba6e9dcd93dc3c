import type { PlatformError } from "../../base/index.ts";
import { type Signature, unknownOutput } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { Run, RunOptions, Session } from "../contract.ts";
import type { RowsFound } from "../row-probe.ts";
import type { ChildPool } from "./child-pool.ts";
import type { LoadOrder, RunOrder } from "./message.ts";
import { StockRun } from "./stock-run.ts";

/** A version in the children: each loads it when it first runs it. */
export class StockSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes: number;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly #pool: ChildPool;
  readonly #load: LoadOrder;
  readonly #all: RunOrder["outputs"];

  constructor(
    pool: ChildPool,
    load: LoadOrder,
    signature: Signature,
    found: Pick<RowsFound, "rows" | "rowsReason"> & { readonly memoryBytes: number },
  ) {
    this.#pool = pool;
    this.#load = load;
    this.signature = signature;
    this.memoryBytes = found.memoryBytes;
    this.rows = found.rows;
    this.rowsReason = found.rowsReason;
    this.#all = signature.outputs.map(({ name, dtype }) => ({ name, dtype }));
  }

  start(parts: readonly Tensors[], options?: RunOptions): Run {
    const unknown = options?.outputs?.find((name) => !this.#all.some((output) => output.name === name));
    if (unknown !== undefined) {
      return { done: failed(unknownOutput(unknown, this.signature)), terminate: () => {} };
    }
    const { outputs } = options ?? {};
    const wanted = outputs ? this.#all.filter(({ name }) => outputs.includes(name)) : this.#all;
    const run = new StockRun(this.#load, parts, wanted);
    this.#pool.submit(run);
    return run;
  }

  async close(): Promise<void> {
    for (const child of this.#pool.children) child.unload(this.#load.session);
  }
}

async function failed(error: PlatformError): Promise<never> {
  throw error;
}
