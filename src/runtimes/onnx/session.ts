import { PlatformError } from "../../base/index.ts";
import type { Signature } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { Run, RunOptions, RunResult, Session } from "../contract.ts";
import { BatchSlot, type Graph } from "./batch-slot.ts";
import { type Engine, takeFailure } from "./engine.ts";
import { runError } from "./engine-error.ts";
import { openLibc } from "./ffi.ts";
import { freePorts, type GraphPort } from "./graph-port.ts";
import type { LaneJob } from "./lane.ts";
import type { LanePool } from "./lane-pool.ts";
import { CALL, executeRun } from "./run-call.ts";
import { threadCpuUs } from "./thread-cpu.ts";

/** What a loaded session is made of. */
export interface SessionParts {
  readonly engine: Engine;
  readonly lanes: LanePool;
  readonly graph: Graph;
  /** All ports of the graph; the session frees their names. */
  readonly ports: readonly GraphPort[];
  readonly memoryBytes: number;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
}

/** A session of ONNX Runtime, shared by address by all lanes and the main thread. */
export class OnnxSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes: number;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly #engine: Engine;
  readonly #lanes: LanePool;
  readonly #graph: Graph;
  readonly #ports: readonly GraphPort[];
  readonly #slots: BatchSlot[] = [];
  readonly #all: readonly number[];
  #running = 0;
  #onIdle: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: SessionParts) {
    this.#engine = parts.engine;
    this.#lanes = parts.lanes;
    this.#graph = parts.graph;
    this.#ports = parts.ports;
    this.signature = parts.graph.signature;
    this.memoryBytes = parts.memoryBytes;
    this.rows = parts.rows;
    this.rowsReason = parts.rowsReason;
    this.#all = this.signature.outputs.map((_, index) => index);
  }

  start(parts: readonly Tensors[], options?: RunOptions): Run {
    const run = new LaneRun(this, parts, options);
    this.#lanes.submit(run);
    return run;
  }

  readonly runInline = (parts: readonly Tensors[], options?: RunOptions): RunResult => {
    const startedMs = performance.now();
    const cpuBefore = threadCpuUs();
    const slot = this.takeSlot();
    try {
      slot.bind(parts, this.select(options));
      const boundMs = performance.now();
      executeRun(this.#engine.api, slot.call);
      const result = this.finish(slot, (boundMs - startedMs) * 1000);
      return { ...result, cpuUs: threadCpuUs() - cpuBefore };
    } finally {
      this.giveSlot(slot);
    }
  };

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    for (const slot of this.#slots) slot.free();
    freePorts(this.#engine, this.#ports);
    this.#engine.api.ReleaseSession(this.#graph.session);
    openLibc().trim();
  }

  /** A slot for one run; give it back with {@link OnnxSession.giveSlot}. */
  takeSlot(): BatchSlot {
    if (this.#isClosed) throw new PlatformError("unavailable", "the session is closed");
    this.#running += 1;
    return this.#slots.pop() ?? new BatchSlot(this.#engine, this.#graph);
  }

  giveSlot(slot: BatchSlot): void {
    slot.unbind();
    this.#slots.push(slot);
    this.#running -= 1;
    if (this.#running === 0) this.#onIdle?.();
  }

  /** Indexes of the outputs that are wanted. @throws PlatformError `invalid_argument` for an unknown one. */
  select(options: RunOptions | undefined): readonly number[] {
    if (!options?.outputs) return this.#all;
    return options.outputs.map((name) => {
      const index = this.signature.outputs.findIndex((spec) => spec.name === name);
      if (index >= 0) return index;
      const expected = this.signature.outputs.map((spec) => spec.name).join(", ");
      throw new PlatformError(
        "invalid_argument",
        `output "${name}" is not of this model, expected ${expected}`,
        {
          field: name,
          got: name,
          expected,
        },
      );
    });
  }

  /** The result of a call that was made. @throws PlatformError if it failed. */
  finish(slot: BatchSlot, inputUs: number): RunResult {
    const { call } = slot;
    const status = call[CALL.status] ?? 0;
    if (status !== 0) {
      const failure = takeFailure(this.#engine, status);
      throw slot.isTerminated ? cancelled() : runError(failure);
    }
    const startedMs = performance.now();
    const outputs = slot.takeOutputs();
    const outputUs = (performance.now() - startedMs) * 1000;
    const computeUs = call[CALL.computeUs] ?? 0;
    return { outputs, cpuUs: (call[CALL.cpuUs] ?? 0) + inputUs + outputUs, inputUs, computeUs, outputUs };
  }
}

const cancelled = () => new PlatformError("cancelled", "the run was stopped");

/** A run in a lane, from its submission on. Holds the parts until the call has come back. */
class LaneRun implements Run, LaneJob {
  readonly done: Promise<RunResult>;
  readonly #session: OnnxSession;
  readonly #parts: readonly Tensors[];
  readonly #options: RunOptions | undefined;
  #resolve: (result: RunResult) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #slot: BatchSlot | undefined;
  #inputUs = 0;
  #isOver = false;

  constructor(session: OnnxSession, parts: readonly Tensors[], options: RunOptions | undefined) {
    this.#session = session;
    this.#parts = parts;
    this.#options = options;
    this.done = new Promise<RunResult>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  readonly begin = (): Float64Array | undefined => {
    if (this.#isOver) return undefined;
    const startedMs = performance.now();
    try {
      this.#slot = this.#session.takeSlot();
      this.#slot.bind(this.#parts, this.#session.select(this.#options));
      this.#inputUs = (performance.now() - startedMs) * 1000;
      return this.#slot.call;
    } catch (thrown) {
      this.#leave();
      this.#reject(thrown);
      return undefined;
    }
  };

  readonly end = (): void => {
    try {
      if (this.#slot) this.#resolve(this.#session.finish(this.#slot, this.#inputUs));
    } catch (thrown) {
      this.#reject(thrown);
    } finally {
      this.#leave();
    }
  };

  readonly lose = (): void => {
    this.#leave();
    this.#reject(new PlatformError("unavailable", "the compute lane ended"));
  };

  terminate(): void {
    if (this.#isOver) return;
    if (this.#slot) {
      this.#slot.terminate();
    } else {
      this.#isOver = true;
      this.#reject(cancelled());
    }
  }

  #leave(): void {
    this.#isOver = true;
    if (this.#slot) this.#session.giveSlot(this.#slot);
    this.#slot = undefined;
  }
}
