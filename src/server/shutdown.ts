import type { Clock } from "../base/index.ts";
import type { Logger } from "../telemetry/index.ts";

/** running → lame duck → draining → stopped; a second signal goes to stopped from anywhere. */
export type ShutdownState = "running" | "lame duck" | "draining" | "stopped";

export interface ShutdownOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long to go on serving with readiness false, so that load balancers notice. */
  readonly lameDuckMs: number;
  /** Time for running requests to end after that. */
  readonly graceMs: number;
  /** Takes no new request, lets running ones end within `graceMs`, then frees everything. */
  readonly stop: (graceMs: number) => Promise<void>;
  /** Ends the process with this code: 0 after a clean stop, 1 otherwise. */
  readonly exit: (code: 0 | 1) => void;
}

/** Time for what {@link ShutdownOptions.stop} does beyond the grace period, before the process ends anyhow. */
const MARGIN_MS = 5000;

/** How the server ends: once, in order, and at once if asked twice. */
export class Shutdown {
  readonly #options: ShutdownOptions;
  #state: ShutdownState = "running";
  #cancelTimer: () => void = () => {};

  constructor(options: ShutdownOptions) {
    this.#options = options;
  }

  get state(): ShutdownState {
    return this.#state;
  }

  /** Whether readiness must be false. */
  get isStopping(): boolean {
    return this.#state !== "running";
  }

  /** Someone wants the server to end: `reason` is a signal's name or a clause. */
  request(reason: string): void {
    const { logger, lameDuckMs, clock } = this.#options;
    if (this.#state === "stopped") return;
    if (this.#state !== "running") {
      logger.warn("stopping at once", { reason });
      this.#finish(1);
      return;
    }
    logger.info("stopping", { reason, lameDuckMs, graceMs: this.#options.graceMs });
    this.#state = "lame duck";
    if (lameDuckMs === 0) this.#drain();
    else this.#cancelTimer = clock.after(lameDuckMs, () => this.#drain());
  }

  #drain(): void {
    this.#state = "draining";
    const { clock, graceMs, logger } = this.#options;
    this.#cancelTimer = clock.after(graceMs + MARGIN_MS, () => {
      logger.error("did not stop in time");
      this.#finish(1);
    });
    // Settles itself: failures end in #finish.
    void this.#stop();
  }

  async #stop(): Promise<void> {
    const { stop, graceMs, logger } = this.#options;
    try {
      await stop(graceMs);
      this.#finish(0);
    } catch (error) {
      logger.error("stopping failed", { error });
      this.#finish(1);
    }
  }

  #finish(code: 0 | 1): void {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#cancelTimer();
    this.#options.exit(code);
  }
}

/** Hands SIGTERM and SIGINT to `shutdown`; the result stops that. */
export function listenForSignals(shutdown: Shutdown): () => void {
  const onSignal = (signal: NodeJS.Signals) => shutdown.request(signal);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
