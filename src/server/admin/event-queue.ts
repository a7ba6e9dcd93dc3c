import type { Clock } from "../../base/index.ts";
import type { Happening } from "./change-feed.ts";

/** A reader that is so far behind is cut off: it comes back with the id of its last event. */
const MAX_WAITING = 1000;

/** What one reader has not taken yet. */
export class EventQueue {
  readonly #waiting: Happening[] = [];
  #isEnded = false;
  #wake: () => void = () => {};

  add(what: Happening): void {
    if (this.#isEnded) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.length = 0;
      this.#isEnded = true;
    } else {
      this.#waiting.push(what);
    }
    this.#wake();
  }

  /** No more comes; what waits is still read. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** What comes, in order; undefined after `silenceMs` without anything. Ends with {@link end}. */
  async *read(clock: Clock, silenceMs: number): AsyncGenerator<Happening | undefined> {
    for (;;) {
      const what = this.#waiting.shift();
      if (what) {
        yield what;
      } else if (this.#isEnded) {
        return;
      } else if (await this.#isSilent(clock, silenceMs)) {
        yield undefined;
      }
    }
  }

  /** Waits for something to come. */
  #isSilent(clock: Clock, ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = clock.after(ms, () => resolve(true));
    this.#wake = () => {
      cancel();
      resolve(false);
    };
    return promise;
  }
}
