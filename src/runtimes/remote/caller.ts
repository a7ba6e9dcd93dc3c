import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { type Clock, PlatformError } from "../../base/index.ts";
import { Breaker } from "./breaker.ts";
import { type Attempted, exchange, type RemoteAnswer, type RemoteRequest } from "./exchange.ts";
import { pause, pauseBefore, retryAfterMs } from "./pause.ts";
import { RetryBudget } from "./retry-budget.ts";
import { statusError } from "./status-error.ts";

/** What a caller is made with. */
export interface CallerOptions {
  /** Address of the server. */
  readonly base: URL;
  /** Headers of every request, secrets included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly maxResponseBytes: number;
  readonly maxConcurrent: number;
  readonly clock: Clock;
}

/** How long one call may take. */
export interface CallLimits {
  /** Clock time at which nobody waits for it any more. */
  readonly deadlineAt?: number | undefined;
  /** Fires when nobody waits for it any more, with a PlatformError as its reason. */
  readonly signal: AbortSignal;
}

/** Statuses that a server gives before a model has seen the request. */
const UNSERVED = new Set([502, 503, 504]);

/** Asks one server, again where that does no harm, within a budget, and not at all while it fails. */
export class RemoteCaller {
  readonly #options: CallerOptions;
  readonly #agent: Agent;
  readonly #breaker: Breaker;
  readonly #budget = new RetryBudget();

  constructor(options: CallerOptions) {
    const { base, maxConcurrent, clock } = options;
    const settings = { keepAlive: true, maxSockets: maxConcurrent };
    this.#options = options;
    this.#agent = base.protocol === "https:" ? new TlsAgent(settings) : new Agent(settings);
    this.#breaker = new Breaker(base.origin, clock);
  }

  /**
   * The answer of status 200.
   *
   * @throws PlatformError as the server failed: `unavailable` if it was not reached or the circuit is open,
   *   `deadline_exceeded` after the time, the signal's reason, else what its status says.
   */
  async call(request: RemoteRequest, limits: CallLimits): Promise<RemoteAnswer> {
    const { clock, timeoutMs } = this.#options;
    const endsAt = Math.min(clock.now() + timeoutMs, limits.deadlineAt ?? Number.POSITIVE_INFINITY);
    this.#budget.earn();
    for (let retry = 0; ; retry++) {
      const attempted = await this.#attempt(request, endsAt, limits);
      if (attempted.kind === "answered" && attempted.answer.status === 200) return attempted.answer;
      const pauseMs = this.#pauseMs(attempted, retry, endsAt);
      if (pauseMs === undefined) throw this.#errorOf(attempted);
      await pause(pauseMs, clock, limits.signal);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #attempt(
    request: RemoteRequest,
    endsAt: number,
    { deadlineAt, signal }: CallLimits,
  ): Promise<Attempted> {
    const { base, clock, headers, maxResponseBytes } = this.#options;
    const leave = this.#breaker.enter();
    const late = new AbortController();
    const forget = clock.after(Math.max(0, endsAt - clock.now()), () => late.abort(this.#tooLate()));
    try {
      const both = AbortSignal.any([signal, late.signal]);
      const leftMs = Math.max(1, Math.floor(endsAt - clock.now()));
      const all = { ...request.headers, "x-sirve-deadline-ms": String(leftMs), ...headers };
      const parts = { base, agent: this.#agent, maxResponseBytes, signal: both };
      const attempted = await exchange({ ...request, headers: all }, parts);
      if (isFailure(attempted)) leave.failed();
      else leave.succeeded();
      return attempted;
    } catch (thrown) {
      // A caller's short deadline says nothing of the server; its own time does.
      const isServers = late.signal.aborted && (deadlineAt ?? Number.POSITIVE_INFINITY) > endsAt;
      if (isServers) leave.failed();
      else leave.gaveUp();
      throw thrown;
    } finally {
      forget();
    }
  }

  /** Undefined: it is not sent again. */
  #pauseMs(attempted: Attempted, retry: number, endsAt: number): number | undefined {
    if (retry >= this.#options.retries || !isUnserved(attempted)) return undefined;
    const asked = attempted.kind === "answered" ? retryAfterMs(attempted.answer) : undefined;
    const pauseMs = pauseBefore(retry, asked);
    // The longest wait is no use when the answer would come too late.
    if (this.#options.clock.now() + pauseMs >= endsAt) return undefined;
    return this.#budget.spend() ? pauseMs : undefined;
  }

  #errorOf(attempted: Attempted): PlatformError {
    if (attempted.kind !== "answered") return attempted.error;
    return statusError(attempted.answer, this.#options.base.origin);
  }

  #tooLate(): PlatformError {
    const { base, timeoutMs } = this.#options;
    return new PlatformError("deadline_exceeded", `${base.origin} did not answer in time`, {
      field: "timeoutMs",
      expected: `within ${timeoutMs} ms, or the caller's deadline`,
    });
  }
}

/** Whether no model has seen the request, so that it may be sent again. */
function isUnserved(attempted: Attempted): boolean {
  if (attempted.kind === "answered") return UNSERVED.has(attempted.answer.status);
  return attempted.kind === "unanswered";
}

/** Whether it speaks against the server: a 500 is a model's answer to its inputs. */
const isFailure = (attempted: Attempted) => attempted.kind === "broken" || isUnserved(attempted);
