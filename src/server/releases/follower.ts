import { type Clock, PlatformError } from "../../base/index.ts";
import type { Registry, RegistryState } from "../../registry/index.ts";
import type { Logger } from "../../telemetry/index.ts";

export interface FollowerOptions {
  readonly registry: Pick<Registry, "lastChangeId" | "state">;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes over a state of the registry, in one step. */
  readonly apply: (state: RegistryState) => void;
  /** Called now and then, to try again what failed for reasons that may have passed. */
  readonly retry: () => void;
}

const RETRY_MS = 15_000;

/** Follows the registry: what other servers change arrives within `pollMs`, what this one changes at once. */
export class RegistryFollower {
  readonly #options: FollowerOptions;
  #applied = -1;
  #retriedMs = 0;
  #cancel: () => void = () => {};
  #isStopped = false;
  #syncing: Promise<void> = Promise.resolve();
  #problem = "";

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Takes over what is there, then follows. Resolves after the first look, whether it succeeded or not. */
  async start(): Promise<void> {
    await this.#look();
    this.#arm();
  }

  /** Takes over what the registry says now; one who waits sees everything that was committed before the call. */
  async sync(): Promise<void> {
    const turn = this.#syncing.then(async () => this.#take());
    this.#syncing = turn.catch(() => {});
    await turn;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #take(): Promise<void> {
    const state = await this.#options.registry.state();
    if (this.#isStopped || state.changeId === this.#applied) return;
    this.#options.apply(state);
    this.#applied = state.changeId;
  }

  #arm(): void {
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.after(this.#options.pollMs, () => {
      // Reports its own errors and never rejects.
      void this.#look().then(() => this.#arm());
    });
  }

  async #look(): Promise<void> {
    const { registry, clock, retry } = this.#options;
    try {
      if ((await registry.lastChangeId()) !== this.#applied) await this.sync();
      if (clock.now() - this.#retriedMs >= RETRY_MS) {
        this.#retriedMs = clock.now();
        retry();
      }
      this.#report("");
    } catch (thrown) {
      this.#report(PlatformError.from(thrown).message);
    }
  }

  /** Says once that the registry cannot be read, and that it can again: what was known goes on serving. */
  #report(problem: string): void {
    if (problem === this.#problem) return;
    const { logger } = this.#options;
    if (problem === "") logger.info("the registry answers again");
    else logger.error("the registry cannot be read; what is loaded goes on serving", { problem });
    this.#problem = problem;
  }
}
