import type { Signature } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { Run, RunOptions, Session } from "../contract.ts";
import type { Address } from "./ffi.ts";
import { freePorts, type GraphPorts } from "./graph-port.ts";
import type { GraphRunner } from "./graph-runner.ts";
import { type LaneOwner, LaneRun } from "./lane-run.ts";

/** What a loaded session is made of. */
export interface SessionParts extends LaneOwner {
  /** The session frees their names. */
  readonly ports: GraphPorts;
  /** Frees the engine's session off the event loop. Never rejects. */
  readonly release: (session: Address) => Promise<void>;
  readonly memoryBytes: number;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly sizeCost: Session["sizeCost"];
  /** Whether a run may take any time, by the values of its inputs: such a run is never made on the calling thread. */
  readonly mayRunOn: boolean;
}

/** A session of ONNX Runtime, shared by address by all lanes and the main thread. */
export class OnnxSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes: number;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly sizeCost: Session["sizeCost"];
  readonly runInline?: NonNullable<Session["runInline"]>;
  readonly #runner: GraphRunner;
  readonly #owner: LaneOwner;
  readonly #ports: GraphPorts;
  readonly #release: SessionParts["release"];
  #isClosed = false;

  constructor(parts: SessionParts) {
    this.#runner = parts.runner;
    this.#owner = parts;
    this.#ports = parts.ports;
    this.#release = parts.release;
    this.signature = parts.runner.graph.signature;
    this.memoryBytes = parts.memoryBytes;
    this.rows = parts.rows;
    this.rowsReason = parts.rowsReason;
    this.sizeCost = parts.sizeCost;
    if (!parts.mayRunOn) this.runInline = (inputs, options) => this.#runner.run(inputs, options);
  }

  start(parts: readonly Tensors[], options?: RunOptions): Run {
    const run = new LaneRun(this.#owner, parts, options);
    this.#owner.lanes.submit(run);
    return run;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { engine, graph } = this.#runner;
    let released: Promise<void> | undefined;
    await this.#runner.close(() => {
      freePorts(engine, this.#ports);
      released = this.#release(graph.session);
    });
    await released;
  }
}
