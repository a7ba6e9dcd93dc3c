import { PlatformError } from "../../base/index.ts";
import { unknownOutput } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { RunOptions, RunResult } from "../contract.ts";
import { BatchSlot, type Graph } from "./batch-slot.ts";
import { type Engine, takeFailure } from "./engine.ts";
import { runError } from "./engine-error.ts";
import { CALL, makeCall } from "./run-call.ts";

/** What the engine says when an output does not have the shape for which memory was made; nothing was computed then. */
const SURPRISE = /OrtValue provided for output|invalid (?:rank|dimensions) for output/i;

/** An output had another shape than the signature says: the run is to be made again. */
export class ShapeSurprise extends Error {}

/** Runs of one loaded graph on the thread that owns it: its slots, and what comes before and after the native call. */
export class GraphRunner {
  readonly engine: Engine;
  readonly graph: Graph;
  readonly #slots: BatchSlot[] = [];
  readonly #all: readonly number[];
  #isPreallocated: boolean;
  #running = 0;
  #abandoned = 0;
  #onWaited: (() => void) | undefined;
  #free: (() => void) | undefined;
  #isClosed = false;

  constructor(engine: Engine, graph: Graph) {
    this.engine = engine;
    this.graph = graph;
    this.#isPreallocated = graph.isPreallocated;
    this.#all = graph.signature.outputs.map((_, index) => index);
  }

  /** Computes one batch on the calling thread. @throws PlatformError if it fails. */
  run(parts: readonly Tensors[], options?: RunOptions): RunResult {
    try {
      return this.#runOnce(parts, options);
    } catch (thrown) {
      if (thrown instanceof ShapeSurprise) return this.#runOnce(parts, options);
      throw thrown;
    }
  }

  /** A short run that nothing interrupts: its wall time is its CPU time, and reading that clock would cost a tenth of it. */
  #runOnce(parts: readonly Tensors[], options: RunOptions | undefined): RunResult {
    const startedMs = performance.now();
    const slot = this.bind(parts, options);
    try {
      const boundMs = performance.now();
      makeCall(this.engine.api, slot.call);
      const computedMs = performance.now();
      this.#checkStatus(slot);
      const outputs = slot.takeOutputs();
      const endedMs = performance.now();
      return {
        outputs,
        cpuUs: (endedMs - startedMs) * 1000,
        inputUs: (boundMs - startedMs) * 1000,
        computeUs: (computedMs - boundMs) * 1000,
        outputUs: (endedMs - computedMs) * 1000,
      };
    } finally {
      this.give(slot);
    }
  }

  /** A slot with the joined inputs, ready for the call; give it back with {@link GraphRunner.give}. */
  bind(parts: readonly Tensors[], options: RunOptions | undefined): BatchSlot {
    if (this.#isClosed) throw new PlatformError("unavailable", "the session is closed");
    const outputs = options?.outputs ? this.#select(options.outputs) : this.#all;
    const slot = this.#slots.pop() ?? new BatchSlot(this.engine, this.graph, this.#isPreallocated);
    this.#running += 1;
    try {
      slot.bind(parts, outputs);
      return slot;
    } catch (thrown) {
      this.give(slot);
      throw thrown;
    }
  }

  /** The result of a call that a lane made. @throws PlatformError if it failed; ShapeSurprise: make it again. */
  finish(slot: BatchSlot, inputUs: number): RunResult {
    this.#checkStatus(slot);
    const startedMs = performance.now();
    const outputs = slot.takeOutputs();
    const outputUs = (performance.now() - startedMs) * 1000;
    const { call } = slot;
    const computeUs = call[CALL.computeUs] ?? 0;
    // Copies are made by the main thread without waiting for anything: their wall time is their CPU time.
    return { outputs, cpuUs: (call[CALL.cpuUs] ?? 0) + inputUs + outputUs, inputUs, computeUs, outputUs };
  }

  /** Takes a slot back; `wasAbandoned` if its run had been given up. */
  give(slot: BatchSlot, wasAbandoned = false): void {
    slot.unbind();
    if (slot.isPreallocated === this.#isPreallocated) this.#slots.push(slot);
    else slot.free();
    this.#running -= 1;
    if (wasAbandoned) this.#abandoned -= 1;
    if (this.#isClosed) this.#settle();
  }

  /** A run does not end although it was told to: closing does not wait for it. */
  abandon(): void {
    this.#abandoned += 1;
    if (this.#isClosed) this.#settle();
  }

  /**
   * Resolves once no run is under way but abandoned ones. `free` is called when these have ended
   * too, if ever: until then they use the engine's session.
   */
  async close(free: () => void): Promise<void> {
    this.#isClosed = true;
    this.#free = free;
    await new Promise<void>((resolve) => {
      this.#onWaited = resolve;
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#running === 0) {
      for (const slot of this.#slots.splice(0)) slot.free();
      this.#free?.();
      this.#free = undefined;
    }
    if (this.#running === this.#abandoned) this.#onWaited?.();
  }

  #checkStatus(slot: BatchSlot): void {
    const status = slot.call[CALL.status] ?? 0;
    if (status === 0) return;
    const failure = takeFailure(this.engine, status);
    if (slot.isPreallocated && SURPRISE.test(failure.message)) {
      this.#allocateFromNowOn();
      throw new ShapeSurprise(failure.message);
    }
    throw slot.isTerminated ? new PlatformError("cancelled", "the run was stopped") : runError(failure);
  }

  /** From the first surprise on the engine allocates all outputs itself. */
  #allocateFromNowOn(): void {
    this.#isPreallocated = false;
    for (const slot of this.#slots.splice(0)) slot.free();
  }

  #select(names: readonly string[]): readonly number[] {
    const { signature } = this.graph;
    return Array.from(new Set(names), (name) => {
      const index = signature.outputs.findIndex((spec) => spec.name === name);
      if (index < 0) throw unknownOutput(name, signature);
      return index;
    });
  }
}
