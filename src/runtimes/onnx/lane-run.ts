import { type Clock, PlatformError } from "../../base/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import type { Run, RunOptions, RunResult } from "../contract.ts";
import type { BatchSlot } from "./batch-slot.ts";
import { type GraphRunner, ShapeSurprise } from "./graph-runner.ts";
import type { LaneJob } from "./lane.ts";
import type { LanePool } from "./lane-pool.ts";

/** How long a stopped run may go on before its lane is given up. */
const HANG_MS = 2000;

/** What runs in lanes are made with. */
export interface LaneOwner {
  readonly runner: GraphRunner;
  readonly lanes: LanePool;
  readonly clock: Clock;
}

const stopped = () => new PlatformError("cancelled", "the run was stopped");

/** A run in a lane, from its submission on. Holds the parts until the call has come back. */
export class LaneRun implements Run, LaneJob {
  readonly done: Promise<RunResult>;
  readonly #owner: LaneOwner;
  readonly #runner: GraphRunner;
  readonly #parts: readonly Tensors[];
  readonly #options: RunOptions | undefined;
  #resolve: (result: RunResult) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #slot: BatchSlot | undefined;
  #inputUs = 0;
  #isOver = false;
  #isAbandoned = false;
  #cancelWatch: (() => void) | undefined;

  constructor(owner: LaneOwner, parts: readonly Tensors[], options: RunOptions | undefined) {
    this.#owner = owner;
    this.#runner = owner.runner;
    this.#parts = parts;
    this.#options = options;
    this.done = new Promise<RunResult>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  begin(): Float64Array | undefined {
    if (this.#isOver) return undefined;
    const startedMs = performance.now();
    try {
      this.#slot = this.#runner.bind(this.#parts, this.#options);
      this.#inputUs = (performance.now() - startedMs) * 1000;
      return this.#slot.call;
    } catch (thrown) {
      this.#isOver = true;
      this.#reject(thrown);
      return undefined;
    }
  }

  end(): void {
    const slot = this.#slot;
    if (!slot) return;
    let isRepeated = false;
    try {
      this.#resolve(this.#runner.finish(slot, this.#inputUs));
    } catch (thrown) {
      isRepeated = thrown instanceof ShapeSurprise && !this.#isAbandoned;
      if (!isRepeated) this.#reject(thrown);
    } finally {
      this.#leave(slot);
    }
    if (!isRepeated) return;
    this.#isOver = false;
    this.#owner.lanes.submit(this);
  }

  lose(): void {
    this.#isOver = true;
    this.#reject(new PlatformError("unavailable", "the compute lane ended"));
    if (this.#slot) this.#leave(this.#slot);
  }

  terminate(): void {
    if (this.#isOver) return;
    if (!this.#slot) {
      this.#isOver = true;
      this.#reject(stopped());
    } else if (!this.#slot.isTerminated) {
      this.#slot.terminate();
      this.#cancelWatch = this.#owner.clock.after(HANG_MS, () => this.#abandon());
    }
  }

  /** The engine looks at the flag between operators only, and this one goes on: its lane is lost until it ends. */
  #abandon(): void {
    this.#isOver = this.#isAbandoned = true;
    this.#reject(stopped());
    this.#runner.abandon();
    this.#owner.lanes.abandon(this);
  }

  #leave(slot: BatchSlot): void {
    this.#cancelWatch?.();
    this.#isOver = true;
    this.#slot = undefined;
    this.#runner.give(slot, this.#isAbandoned);
  }
}
