import { type Clock, type Deadlines, keepMemory, PlatformError } from "../base/index.ts";
import {
  ANYONE,
  type Payload,
  type PredictRequest,
  type PredictResponse,
  type RequestContext,
} from "../model/index.ts";
import { memoryOf } from "../tensor/index.ts";
import { compareAnswers } from "./agreement.ts";
import type { Route, RoutedEndpoint, RoutedShadow } from "./routes.ts";
import { ShadowTally, type ShadowTallyReport } from "./shadow-tally.ts";
import { isAmong } from "./split.ts";

export interface ShadowsOptions {
  /** Asks a target: "churn@challenger". */
  readonly ask: (
    target: string,
    request: PredictRequest,
    context: RequestContext,
  ) => Promise<PredictResponse>;
  /** Whether requests of people wait for a lane now. */
  readonly isBusy: () => boolean;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Longest that a repeat may take, in milliseconds; 0: no limit. */
  readonly deadlineMs: number;
}

/** Bytes of inputs and outputs that repeats of one endpoint may hold. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** After every request of people. */
const LOWEST = -1_000_000_000;

interface Watched {
  readonly spec: RoutedShadow;
  readonly tally: ShadowTally;
  underWay: number;
  heldBytes: number;
}

/**
 * Repeats requests of endpoints to their shadows once the answer is on its way, and compares. A shadow never
 * answers, and nothing is copied for it: it keeps the memory of what it repeats.
 */
export class Shadows {
  readonly #options: ShadowsOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: ShadowsOptions) {
    this.#options = options;
  }

  /** Begins anew for each endpoint whose shadow has changed. */
  replace(endpoints: readonly RoutedEndpoint[]): void {
    const known = new Map(endpoints.map((one) => [one.endpoint, one.shadow]));
    for (const name of this.#watched.keys()) if (!known.get(name)) this.#watched.delete(name);
    for (const [name, spec] of known) {
      if (!spec || JSON.stringify(this.#watched.get(name)?.spec) === JSON.stringify(spec)) continue;
      this.#watched.set(name, { spec, tally: new ShadowTally(), underWay: 0, heldBytes: 0 });
    }
  }

  report(endpoint: string): (ShadowTallyReport & { readonly target: string }) | undefined {
    const watched = this.#watched.get(endpoint);
    return watched && { target: watched.spec.target, ...watched.tally.report() };
  }

  /** Repeats an answered request, if the endpoint has a shadow and the caller is among those that it sees. */
  answered(
    { endpoint, splitKey = "" }: Route,
    request: PredictRequest,
    response: PredictResponse,
    context: RequestContext,
  ): void {
    const watched = endpoint && this.#watched.get(endpoint.endpoint);
    if (!watched || !isAmong(watched.spec.percent, endpoint.salt, splitKey)) return;
    const memory = [
      ...memoryIn(request.payload),
      ...memoryIn({ kind: "tensors", tensors: response.outputs }),
    ];
    const bytes = memory.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (watched.underWay >= watched.spec.maxConcurrency || watched.heldBytes + bytes > MAX_HELD_BYTES) {
      watched.tally.dropped();
      return;
    }
    for (const { buffer } of memory) keepMemory(buffer);
    watched.underWay += 1;
    watched.heldBytes += bytes;
    const done = () => {
      watched.underWay -= 1;
      watched.heldBytes -= bytes;
    };
    // Settles itself: never rejects.
    this.#options.clock.after(0, () => void this.#repeat(watched, request, response, context).finally(done));
  }

  async #repeat(
    { spec, tally }: Watched,
    request: PredictRequest,
    answer: PredictResponse,
    { requestId, trace, parameters }: RequestContext,
  ): Promise<void> {
    const { ask, isBusy, deadlines, deadlineMs, clock } = this.#options;
    if (isBusy()) {
      tally.dropped();
      return;
    }
    const deadline = deadlineMs > 0 ? deadlines.start(deadlineMs) : deadlines.start();
    const context = {
      requestId,
      trace,
      parameters,
      deadline,
      caller: ANYONE,
      priority: LOWEST,
      splitKey: requestId,
    };
    const startedMs = clock.now();
    try {
      const { version: _, ...open } = request;
      const shadow = await ask(spec.target, open, context);
      const comparison = compareAnswers(answer, shadow, spec.tolerance);
      const { queueUs, computeUs } = answer.timing;
      tally.compared(comparison, clock.now() - startedMs - (queueUs + computeUs) / 1000);
    } catch (thrown) {
      // A full queue is no fault of the shadow: it is dropped first.
      if (PlatformError.from(thrown).code === "resource_exhausted") tally.dropped();
      else tally.failed();
    } finally {
      deadline.close();
    }
  }
}

/** The memory that a payload's values lie in. */
function memoryIn(payload: Payload): readonly ArrayBufferView[] {
  if (payload.kind === "contents") return payload.contents.map(({ bytes }) => bytes);
  if (payload.kind !== "tensors") return [];
  return [...payload.tensors.values()].flatMap(memoryOf);
}
