import { type Clock, PlatformError } from "../base/index.ts";
import type { Connections } from "./connections.ts";

/** Time for requests that were told to stop to be answered, and for the answers to arrive. */
export const LAST_WORDS_MS = 500;

/** Lets running requests end for `graceMs`, then ends them with `unavailable`. */
export async function drain<C extends object>(
  connections: Connections<C>,
  clock: Clock,
  graceMs: number,
): Promise<void> {
  if (await within(clock, graceMs, connections.idle())) return;
  interrupt(connections);
  await within(clock, LAST_WORDS_MS, connections.idle());
}

/** Ends running requests with `unavailable`. */
export function interrupt<C extends object>(connections: Connections<C>): void {
  connections.interruptAll(
    new PlatformError("unavailable", "the server is stopping", { retryAfterMs: 1000 }),
  );
}

/** Whether `done` settled within `ms`. */
export async function within(clock: Clock, ms: number, done: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const cancel = clock.after(ms, () => resolve(false));
  const settle = async (): Promise<void> => {
    await done;
    resolve(true);
  };
  void settle();
  try {
    return await promise;
  } finally {
    cancel();
  }
}
