/** What follows from where the time of a request goes. */
export type Advice = "fast" | "waits" | "computes";

/** From this share on, waiting is what makes a model slow. */
const MUCH_WAITING = 0.3;
/** A model that answers this fast needs no advice. */
const FAST_MS = 2;

/** Times in milliseconds: before a run, and of the run. */
export function adviceFor(queueMs: number, computeMs: number): Advice {
  const total = queueMs + computeMs;
  if (total <= FAST_MS) return "fast";
  return queueMs / total > MUCH_WAITING ? "waits" : "computes";
}
