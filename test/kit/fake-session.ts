import { type Clock, PlatformError } from "../../src/base/index.ts";
import type { Signature } from "../../src/model/index.ts";
import type { Run, RunResult, Session } from "../../src/runtimes/index.ts";
import { concatRows, type Tensor, type Tensors, tensorOf } from "../../src/tensor/index.ts";

/** One FP64 column in, one out. */
export const columnSignature: Signature = {
  inputs: [{ name: "x", dtype: "FP64", shape: [-1, 1], batchAxis: 0 }],
  outputs: [{ name: "y", dtype: "FP64", shape: [-1, 1], batchAxis: 0 }],
};

/** Inputs of {@link columnSignature}. */
export function column(...values: number[]): Tensors {
  return new Map([["x", tensorOf("FP64", [values.length, 1], values)]]);
}

/** The numbers of a tensor by name. */
export function numbersOf(tensors: Tensors, name = "y"): number[] {
  return [...((tensors.get(name)?.data as Float64Array | undefined) ?? [])];
}

export interface FakeRun {
  /** Rows of each part, in order. */
  readonly parts: number[];
  readonly inputs: Tensors;
  readonly outputs: readonly string[] | undefined;
  readonly startedAt: number;
  terminated: boolean;
}

export interface FakeOptions {
  readonly signature?: Signature;
  readonly rows?: "independent" | "none";
  /** How long a run takes on the clock, in milliseconds; undefined: until terminated. */
  readonly runMs?: (rows: number, inputs: Tensors) => number | undefined;
  /** What a run computes; default y = 2x, and it fails if a value is negative. */
  readonly compute?: (inputs: Tensors) => Tensors;
  readonly cpuUs?: (rows: number) => number;
  /** Whether it can run on the calling thread; true by default. */
  readonly inline?: boolean;
}

/** A session that computes at once and finishes on a clock, and remembers every run. */
export class FakeSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes = 0;
  readonly rows: "independent" | "none";
  readonly rowsReason: string;
  readonly runs: FakeRun[] = [];
  readonly runInline?: NonNullable<Session["runInline"]>;
  /** Runs under way. */
  running = 0;
  readonly #clock: Clock;
  readonly #options: FakeOptions;

  constructor(clock: Clock, options: FakeOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.signature = options.signature ?? columnSignature;
    this.rows = options.rows ?? "independent";
    this.rowsReason = this.rows === "none" ? "rows depend on each other" : "";
    if (options.inline !== false) {
      this.runInline = (parts, runOptions) => this.#compute(this.#note(parts, runOptions?.outputs));
    }
  }

  /** Rows of each run, in order. */
  get batches(): number[] {
    return this.runs.map(({ parts }) => parts.reduce((sum, rows) => sum + rows, 0));
  }

  start(parts: readonly Tensors[], options?: { readonly outputs?: readonly string[] }): Run {
    const run = this.#note(parts, options?.outputs);
    const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
    this.running += 1;
    const end = (tell: () => void) => {
      this.running -= 1;
      tell();
    };
    const ms = (this.#options.runMs ?? (() => 1))(rowsOf(run), run.inputs);
    const finish = () => {
      try {
        const result = this.#compute(run);
        end(() => resolve(result));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const cancel = ms === undefined ? () => {} : this.#clock.after(ms, finish);
    const terminate = () => {
      if (run.terminated) return;
      run.terminated = true;
      cancel();
      end(() => reject(new PlatformError("cancelled", "run terminated")));
    };
    return { done: promise, terminate };
  }

  async close(): Promise<void> {}

  #note(parts: readonly Tensors[], outputs: readonly string[] | undefined): FakeRun {
    const counts = parts.map((part) => [...part.values()][0]?.shape[0] ?? 1);
    const run = {
      parts: counts,
      inputs: join(parts),
      outputs,
      startedAt: this.#clock.now(),
      terminated: false,
    };
    this.runs.push(run);
    return run;
  }

  #compute(run: FakeRun): RunResult {
    const outputs = (this.#options.compute ?? twice)(run.inputs);
    const cpuUs = (this.#options.cpuUs ?? ((rows) => rows * 10))(rowsOf(run));
    return { outputs, cpuUs, inputUs: 1, computeUs: 100, outputUs: 1 };
  }
}

function rowsOf(run: FakeRun): number {
  return run.parts.reduce((sum, rows) => sum + rows, 0);
}

function join(parts: readonly Tensors[]): Tensors {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const names = [...(first?.keys() ?? [])];
  return new Map(names.map((name) => [name, concatRows(parts.map((part) => part.get(name) as Tensor))]));
}

/** y = 2x; a negative number is more than this model can take. */
export function twice(inputs: Tensors): Tensors {
  const x = inputs.get("x") as Tensor<"FP64">;
  const bad = x.data.find((value) => value < 0);
  if (bad !== undefined) throw new PlatformError("invalid_argument", `negative value ${bad}`);
  return new Map([["y", { dtype: "FP64", shape: x.shape, data: x.data.map((value) => value * 2) }]]);
}

/** Lets everything that is ready happen: all microtasks, and one turn of the event loop. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
