import type { Clock } from "../base/index.ts";

/** A load: so many requests under way, as soon as one ends the next. */
export interface Load {
  readonly concurrency: number;
  /** How long requests are started, in milliseconds. */
  readonly forMs: number;
  /** One request; what it throws is counted by whoever answers it. */
  readonly ask: () => Promise<void>;
  /** Whether no request is to be started any more, whatever time is left. */
  readonly isOver: () => boolean;
}

/** Who was refused comes back after this long: at once it would keep the event loop busy with refusals. */
const REFUSED_MS = 10;

/** Makes the load; resolves once its last request has ended. */
export async function putUnderLoad({ concurrency, forMs, ask, isOver }: Load, clock: Clock): Promise<void> {
  const endsAt = clock.now() + forMs;
  const hasEnded = () => isOver() || clock.now() >= endsAt;
  const keepAsking = async () => {
    while (!hasEnded()) {
      try {
        await ask();
        // Requests of clients come in turns of their own too; what serves gets on between them.
        await nextTurn();
      } catch {
        await pause(REFUSED_MS, clock);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, keepAsking));
}

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

const pause = (ms: number, clock: Clock) => new Promise<void>((resolve) => void clock.after(ms, resolve));
