import type { Deadline } from "./deadline.ts";

/** Those who wait for the next change of something. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** Lets everybody who waits now go on. */
  wake(): void {
    for (const go of this.#waiting) go();
  }

  /**
   * Waits for the next {@link wake}.
   *
   * @throws the reason of `deadline`, if it ends first.
   */
  async next(deadline: Deadline): Promise<void> {
    deadline.check();
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        this.#waiting.delete(go);
        forget();
        resolve();
      };
      this.#waiting.add(go);
      const forget = deadline.onEnd((reason) => {
        this.#waiting.delete(go);
        reject(reason);
      });
    });
  }
}
