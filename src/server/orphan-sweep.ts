import { type Clock, PlatformError } from "../base/index.ts";
import type { Artifacts, Registry } from "../registry/index.ts";
import type { Logger } from "../telemetry/index.ts";

export interface OrphanSweepOptions {
  readonly registry: Pick<Registry, "referencedDigests">;
  readonly artifacts: Pick<Artifacts, "sweep">;
  readonly clock: Clock;
  readonly logger: Logger;
}

const HOUR_MS = 3_600_000;

/** Removes files that no version uses, once an hour: what was uploaded and never added, what was deleted. */
export class OrphanSweep {
  readonly #options: OrphanSweepOptions;
  #cancel: () => void = () => {};
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: OrphanSweepOptions) {
    this.#options = options;
    this.#wait();
  }

  /** Sweeps no more; resolves once a sweep under way is over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  #wait(): void {
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.after(HOUR_MS, () => {
      this.#running = this.#sweep();
    });
  }

  /** Reports its own errors; never rejects. */
  async #sweep(): Promise<void> {
    const { registry, artifacts, logger } = this.#options;
    try {
      const { files, bytes } = await artifacts.sweep(await registry.referencedDigests());
      if (files > 0) logger.info("files that no version uses are removed", { files, bytes });
    } catch (error) {
      logger.warn("files that no version uses cannot be removed", {
        reason: PlatformError.from(error).message,
      });
    }
    this.#wait();
  }
}
