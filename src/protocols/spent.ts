import type { Timing } from "../model/index.ts";

/** The `server-timing` of an answer: milliseconds in the queue and in the run. */
export function serverTiming({ queueUs, computeUs }: Timing): string {
  return `queue;dur=${millis(queueUs)}, compute;dur=${millis(computeUs)}`;
}

/** Microseconds as milliseconds, to the microsecond. */
export function millis(us: number): number {
  return Math.round(us) / 1000;
}

/** Microseconds to a tenth, as bills are shown. */
export function tenths(us: number): number {
  return Math.round(us * 10) / 10;
}
