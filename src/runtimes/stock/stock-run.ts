import { PlatformError } from "../../base/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { Run, RunResult } from "../contract.ts";
import { loadError, runError } from "../onnx/engine-error.ts";
import type { StockChild } from "./child.ts";
import type { ChildJob } from "./child-pool.ts";
import type { Answer, LoadOrder, RunOrder } from "./message.ts";
import { fromWire, toWire } from "./wire-tensor.ts";

/** A run in a child process, from its submission on. It cannot be stopped, so its process is ended. */
export class StockRun implements Run, ChildJob {
  readonly done: Promise<RunResult>;
  readonly #load: LoadOrder;
  readonly #parts: readonly Tensors[];
  readonly #outputs: RunOrder["outputs"];
  #resolve: (result: RunResult) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #child: StockChild | undefined;
  #isOver = false;
  #stopped: PlatformError | undefined;

  constructor(load: LoadOrder, parts: readonly Tensors[], outputs: RunOrder["outputs"]) {
    this.#load = load;
    this.#parts = parts;
    this.#outputs = outputs;
    this.done = new Promise<RunResult>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  isWanted(): boolean {
    return !this.#isOver;
  }

  async run(child: StockChild): Promise<void> {
    this.#child = child;
    try {
      const loaded = await child.load(this.#load);
      if (loaded?.kind === "failed") throw loadError({ code: 0, message: loaded.message }, this.#load.path);
      if (this.#stopped) throw this.#stopped; // Between the two orders there is nothing that could fail with it.
      this.#resolve(await this.#runIn(child));
    } catch (thrown) {
      this.#reject(this.#stopped ?? thrown);
    } finally {
      this.#isOver = true;
      this.#child = undefined;
    }
  }

  terminate(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopped = new PlatformError("cancelled", "the run was stopped");
    if (this.#child) this.#child.kill(this.#stopped);
    else this.#reject(this.#stopped);
  }

  async #runIn(child: StockChild): Promise<RunResult> {
    const startedMs = performance.now();
    const inputs = toWire(this.#parts);
    const { session } = this.#load;
    const asked = child.ask({ kind: "run", session, inputs, outputs: this.#outputs });
    const sentMs = performance.now();
    const answer = ranOrThrow(await asked);
    const answeredMs = performance.now();
    const outputs = fromWire(answer.outputs);
    const inputUs = (sentMs - startedMs) * 1000;
    const outputUs = (performance.now() - answeredMs) * 1000;
    return {
      outputs,
      cpuUs: answer.cpuUs + inputUs + outputUs,
      elsewhereUs: answer.cpuUs,
      inputUs,
      computeUs: answer.computeUs,
      outputUs,
    };
  }
}

function ranOrThrow(answer: Answer): Extract<Answer, { kind: "ran" }> {
  if (answer.kind === "ran") return answer;
  const message = answer.kind === "failed" ? answer.message : "an answer to something else";
  throw runError({ code: 0, message });
}
