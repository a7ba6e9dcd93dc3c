import { type Clock, PlatformError } from "../../base/index.ts";
import type { VersionStatus } from "../../model/index.ts";
import type { AuditEntry, Registry } from "../../registry/index.ts";
import type { Logger } from "../../telemetry/index.ts";
import type { LoadSample } from "../load-history.ts";

/** What happened: a change of the registry, a version on this server in another state, or an interval of load. */
export type Happening =
  | { readonly kind: "change"; readonly entry: AuditEntry }
  | { readonly kind: "state"; readonly status: VersionStatus }
  | { readonly kind: "load"; readonly sample: LoadSample };

/** Somebody who is told. */
export interface Listener {
  happened(what: Happening): void;
  /** No more comes: the server stops. */
  ended(): void;
}

/** How often changes of other servers on the same database are looked for while somebody listens. */
const POLL_MS = 500;
const AT_ONCE = 500;

/** Reads the registry's changes once for all who listen, and passes on states of versions. */
export class ChangeFeed {
  readonly #registry: Registry | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Set<Listener>();
  readonly #waiting: (() => void)[] = [];
  #lastId: number | undefined;
  #cancel: (() => void) | undefined;
  #isReading = false;
  #isAsked = false;
  #isClosed = false;

  constructor(registry: Registry | undefined, clock: Clock, logger: Logger) {
    this.#registry = registry;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Tells `listener` of what happens from now on; the result ends that. */
  listen(listener: Listener): () => void {
    if (this.#isClosed) {
      listener.ended();
      return () => {};
    }
    // Nobody listened before: what changed meanwhile is read by whoever asks for it.
    if (this.#listeners.size === 0) this.#lastId = undefined;
    this.#listeners.add(listener);
    this.poke();
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves once whoever listens now is told of every later change. */
  caughtUp(): Promise<void> {
    if (!this.#isReading) return Promise.resolve();
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  /** Something was changed just now. */
  poke(): void {
    if (this.#listeners.size === 0 || !this.#registry || this.#isClosed) return;
    this.#isAsked = true;
    // Reports its own errors; never rejects.
    if (!this.#isReading) void this.#read(this.#registry);
  }

  /** A version of this server is in another state. */
  stateChanged(status: VersionStatus): void {
    this.#tell({ kind: "state", status });
  }

  /** Ends every listener. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    for (const listener of this.#listeners) listener.ended();
    this.#listeners.clear();
  }

  async #read(registry: Registry): Promise<void> {
    this.#isReading = true;
    this.#cancel?.();
    try {
      while (this.#isAsked && !this.#isClosed) {
        this.#isAsked = false;
        await this.#readOnce(registry);
      }
    } catch (error) {
      this.#logger.warn("changes cannot be read", { reason: PlatformError.from(error).message });
    } finally {
      this.#isReading = false;
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#again();
  }

  async #readOnce(registry: Registry): Promise<void> {
    this.#lastId ??= await registry.lastChangeId();
    const entries = await registry.changesAfter(this.#lastId, AT_ONCE);
    for (const entry of entries) {
      this.#lastId = entry.id;
      this.#tell({ kind: "change", entry });
    }
    if (entries.length === AT_ONCE) this.#isAsked = true;
  }

  #again(): void {
    if (this.#isClosed || this.#listeners.size === 0) return;
    this.#cancel = this.#clock.after(POLL_MS, () => this.poke());
  }

  #tell(what: Happening): void {
    for (const listener of this.#listeners) listener.happened(what);
  }
}
