import { type Clock, PlatformError } from "../../base/index.ts";
import { checkInputs, type Signature } from "../../model/index.ts";
import type { Tensors } from "../../tensor/index.ts";
import { joinedParts, refusedRun } from "../batch-tensors.ts";
import type { Run, RunOptions, RunResult, Session } from "../contract.ts";
import type { RowFacts } from "../row-probe.ts";
import type { CallLimits, RemoteCaller } from "./caller.ts";
import type { RemoteAnswer } from "./exchange.ts";
import type { Wire } from "./wire.ts";

export interface RemoteSessionParts {
  readonly wire: Wire;
  readonly caller: RemoteCaller;
  readonly clock: Clock;
  readonly maxRuns: number;
}

/** A model of another server. A run is one request, or one for each row where the protocol has no batch. */
export class RemoteSession implements Session {
  readonly signature: Signature;
  readonly memoryBytes = 0;
  readonly maxRuns: number;
  readonly sizeCost: string | undefined;
  readonly rows: Session["rows"];
  readonly rowsReason: string;
  readonly #parts: RemoteSessionParts;
  readonly #closing = new AbortController();

  constructor(parts: RemoteSessionParts, { rows, rowsReason }: RowFacts) {
    this.rows = rows;
    this.rowsReason = rowsReason;
    this.#parts = parts;
    this.signature = parts.wire.signature;
    this.maxRuns = parts.maxRuns;
    this.sizeCost = parts.wire.trialCost;
  }

  start(parts: readonly Tensors[], options: RunOptions = {}): Run {
    const refused = refusedRun(this.signature, options);
    if (refused) return refused;
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#closing.signal]);
    return {
      done: this.#run(parts, options, signal),
      terminate: () => stop.abort(new PlatformError("cancelled", "run terminated")),
    };
  }

  async close(): Promise<void> {
    this.#closing.abort(new PlatformError("unavailable", "the version is unloaded"));
    this.#parts.caller.close();
  }

  async #run(parts: readonly Tensors[], options: RunOptions, signal: AbortSignal): Promise<RunResult> {
    const { wire, clock } = this.#parts;
    const { outputs: wanted, deadlineAt } = options;
    const startedMs = clock.now();
    const inputs = joinedParts(parts);
    const rows = checkInputs(this.signature, inputs);
    const requests = wire.encode(inputs, wanted);
    const sentMs = clock.now();
    const answers = await this.#ask(requests, { deadlineAt, signal });
    const answeredMs = clock.now();
    const outputs = wire.decode(answers, { rows, wanted });
    const [inputUs, outputUs] = [(sentMs - startedMs) * 1000, (clock.now() - answeredMs) * 1000];
    // What the other server computes, it bills itself.
    return { outputs, cpuUs: inputUs + outputUs, inputUs, computeUs: (answeredMs - sentMs) * 1000, outputUs };
  }

  /** One after another: a server that is asked for many at once is asked by many runs. */
  async #ask(requests: ReturnType<Wire["encode"]>, limits: CallLimits): Promise<RemoteAnswer[]> {
    const answers: RemoteAnswer[] = [];
    for (const request of requests) answers.push(await this.#parts.caller.call(request, limits));
    return answers;
  }
}
