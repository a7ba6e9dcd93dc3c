import type { Signature } from "../../model/index.ts";
import type { Tensor, Tensors } from "../../tensor/index.ts";
import { outputAxes } from "../output-shape.ts";
import { check, type Engine, outAddress } from "./engine.ts";
import { type Address, allocateNative, freeNative, viewNative } from "./ffi.ts";
import type { GraphPorts } from "./graph-port.ts";
import { InputPort } from "./input-port.ts";
import { getWord, putWord } from "./native-word.ts";
import { OutputPort } from "./output-port.ts";
import { CALL, CALL_WORDS } from "./run-call.ts";
import { portOf } from "./signature.ts";

/** A loaded graph: what a slot needs to call it. */
export interface Graph {
  readonly session: Address;
  readonly signature: Signature;
  /** Names as C strings, in the signature's order. */
  readonly inputNames: readonly Address[];
  readonly outputNames: readonly Address[];
  /** Whether the shapes of outputs are what the signature says, so that their memory can be made before the run. */
  readonly isPreallocated: boolean;
}

/** A loaded session as slots see it; `signature` is confirmed. */
export function graphOf(
  session: Address,
  signature: Signature,
  { inputs, outputs }: GraphPorts,
  isPreallocated = false,
): Graph {
  return {
    session,
    signature,
    inputNames: signature.inputs.map((spec) => portOf(spec, inputs).nameAddress),
    outputNames: signature.outputs.map((spec) => portOf(spec, outputs).nameAddress),
    isPreallocated,
  };
}

/**
 * The native memory of one run: inputs and outputs with their OrtValues, the tables of pointers
 * that the engine takes, and the run options by which it can be stopped. Used by one run at a time
 * and kept for the next.
 */
export class BatchSlot {
  /** The call to make once {@link BatchSlot.bind} is done, and what came of it. */
  readonly call = new Float64Array(CALL_WORDS);
  /** Whether it makes memory for outputs whose shape the signature tells. */
  readonly isPreallocated: boolean;
  readonly #engine: Engine;
  readonly #graph: Graph;
  readonly #inputs: readonly InputPort[];
  readonly #outputs: readonly OutputPort[];
  /** Names and values of inputs, then of outputs: four arrays of pointers in a row. */
  readonly #table: Address;
  readonly #halves: Uint32Array;
  readonly #runOptions: Address;
  readonly #shapeOf = (input: number): readonly number[] => this.#inputs[input]?.shape ?? [];
  #isTerminated = false;
  #selected: readonly number[] = [];

  constructor(engine: Engine, graph: Graph, isPreallocated: boolean) {
    this.isPreallocated = isPreallocated;
    this.#engine = engine;
    this.#graph = graph;
    const { inputs, outputs } = graph.signature;
    this.#inputs = inputs.map((spec) => new InputPort(engine, spec));
    this.#outputs = outputs.map((spec) => {
      const axes = isPreallocated ? outputAxes(graph.signature, spec) : undefined;
      return new OutputPort(engine, spec, axes);
    });
    const words = 2 * inputs.length + 2 * outputs.length;
    this.#table = allocateNative(words * 8);
    this.#halves = new Uint32Array(viewNative(this.#table, words * 8));
    check(engine, engine.api.CreateRunOptions(engine.out));
    this.#runOptions = outAddress(engine);
    this.#fillCall();
  }

  /** Brings the joined inputs in and readies the call. `outputs` are indexes into the signature's. */
  bind(parts: readonly Tensors[], outputs: readonly number[]): void {
    if (this.#isTerminated) this.#clearTerminate();
    const rows = this.#bindInputs(parts);
    const namesAt = 2 * this.#inputs.length;
    const valuesAt = namesAt + this.#outputs.length;
    this.#selected = outputs;
    for (let i = 0; i < outputs.length; i++) {
      const index = outputs[i] ?? 0;
      putWord(this.#halves, namesAt + i, this.#graph.outputNames[index] ?? 0);
      putWord(this.#halves, valuesAt + i, this.#outputs[index]?.bind(rows, this.#shapeOf) ?? 0);
    }
    this.call[CALL.outputCount] = outputs.length;
  }

  /** The outputs of a successful call, in memory of their own. */
  takeOutputs(): Map<string, Tensor> {
    const valuesAt = 2 * this.#inputs.length + this.#outputs.length;
    const taken = new Map<string, Tensor>();
    for (let i = 0; i < this.#selected.length; i++) {
      const port = this.#outputs[this.#selected[i] ?? 0];
      const value = getWord(this.#halves, valuesAt + i);
      putWord(this.#halves, valuesAt + i, 0);
      if (port) taken.set(port.spec.name, port.take(value));
    }
    return taken;
  }

  /** Forgets the parts and what belonged to this run alone. */
  unbind(): void {
    for (const port of this.#inputs) port.unbind();
    const valuesAt = 2 * this.#inputs.length + this.#outputs.length;
    for (let i = 0; i < this.#selected.length; i++) {
      this.#outputs[this.#selected[i] ?? 0]?.unbind(getWord(this.#halves, valuesAt + i));
      putWord(this.#halves, valuesAt + i, 0);
    }
    this.#selected = [];
  }

  /** Makes the call that is under way return as soon as the engine can. */
  terminate(): void {
    this.#isTerminated = true;
    check(this.#engine, this.#engine.api.RunOptionsSetTerminate(this.#runOptions));
  }

  /** Whether the run in this slot was told to stop. */
  get isTerminated(): boolean {
    return this.#isTerminated;
  }

  free(): void {
    for (const port of this.#inputs) port.free();
    for (const port of this.#outputs) port.free();
    this.#engine.api.ReleaseRunOptions(this.#runOptions);
    freeNative(this.#table);
  }

  #bindInputs(parts: readonly Tensors[]): number {
    let count = 0;
    let rows = 1;
    for (let i = 0; i < this.#inputs.length; i++) {
      const port = this.#inputs[i];
      if (!port) continue;
      const portRows = port.bind(parts);
      if (port.value === 0) continue;
      if (port.spec.batchAxis === 0) rows = portRows;
      putWord(this.#halves, count, this.#graph.inputNames[i] ?? 0);
      putWord(this.#halves, this.#inputs.length + count, port.value);
      count += 1;
    }
    this.call[CALL.inputCount] = count;
    return rows;
  }

  #fillCall(): void {
    const inputCount = this.#inputs.length;
    this.call[CALL.session] = this.#graph.session;
    this.call[CALL.runOptions] = this.#runOptions;
    this.call[CALL.inputNames] = this.#table;
    this.call[CALL.inputs] = this.#table + 8 * inputCount;
    this.call[CALL.outputNames] = this.#table + 16 * inputCount;
    this.call[CALL.outputs] = this.#table + 16 * inputCount + 8 * this.#outputs.length;
  }

  #clearTerminate(): void {
    check(this.#engine, this.#engine.api.RunOptionsUnsetTerminate(this.#runOptions));
    this.#isTerminated = false;
  }
}
