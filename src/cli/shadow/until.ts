import type { Clock } from "../../base/index.ts";

/** The end of a watch: by a signal, by time, or because enough was seen. */
export function until({
  stop,
  seconds,
  clock,
}: {
  readonly stop: AbortSignal;
  readonly seconds: number | undefined;
  readonly clock: Clock;
}): { readonly promise: Promise<void>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const forget = seconds === undefined ? () => {} : clock.after(seconds * 1000, resolve);
  stop.addEventListener("abort", () => resolve(), { once: true });
  if (stop.aborted) resolve();
  return { promise: promise.finally(forget), end: resolve };
}
