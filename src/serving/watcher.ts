import type { Clock } from "../base/index.ts";
import { type FolderSnapshot, type FoundVersion, scanFolder } from "./folder.ts";

/** What one look at the folder found. */
export interface Look {
  /** Versions that may be loaded. */
  readonly whole: readonly FoundVersion[];
  /** Versions that are still being written. */
  readonly incomplete: readonly FoundVersion[];
  readonly problems: FolderSnapshot["problems"];
  readonly unreadable: FolderSnapshot["unreadable"];
}

export interface WatcherOptions {
  readonly root: string;
  readonly pollMs: number;
  readonly clock: Clock;
  /** Milliseconds since the epoch, as file times are. */
  readonly wallNow: () => number;
  /** Called after each look. */
  readonly onLook: (look: Look) => void;
  /** Called when the folder cannot be read; what was known stays. */
  readonly onError: (error: unknown) => void;
}

/**
 * Looks at a folder of models again and again and reports the versions that are whole: those that
 * have not changed since the look before, and those whose files are older than two looks. In a
 * folder where something came or went in that time old files are not enough: whoever copies and
 * keeps the times may have more to bring. At the first look they are.
 */
export class FolderWatcher {
  readonly #options: WatcherOptions;
  #seen = new Map<string, string>();
  #cancelTimer: (() => void) | undefined;
  #stopped = false;
  #isFirst = true;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  /** Looks now, then every `pollMs`. Resolves after the first look. */
  async start(): Promise<void> {
    await this.look();
    this.#arm();
  }

  /** Looks once; looks never overlap. */
  async look(): Promise<void> {
    this.#looking = this.#looking.then(async () => this.#lookOnce());
    await this.#looking;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#cancelTimer = this.#options.clock.after(this.#options.pollMs, () => {
      // look() reports its own errors and never rejects.
      void this.look().then(() => this.#arm());
    });
  }

  async #lookOnce(): Promise<void> {
    try {
      const snapshot = await scanFolder(this.#options.root);
      const whole = snapshot.versions.filter((found) => this.#isWhole(found));
      this.#isFirst = false;
      const taken = new Set(whole);
      const incomplete = snapshot.versions.filter((found) => !taken.has(found));
      this.#seen = new Map(snapshot.versions.map((found) => [found.path, found.fingerprint]));
      if (!this.#stopped) this.#options.onLook({ ...snapshot, whole, incomplete });
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #isWhole({ path, fingerprint, writtenMs, arrangedMs }: FoundVersion): boolean {
    if (this.#seen.get(path) === fingerprint) return true;
    const youngest = this.#isFirst ? writtenMs : Math.max(writtenMs, arrangedMs);
    return this.#options.wallNow() - youngest >= 2 * this.#options.pollMs;
  }
}
