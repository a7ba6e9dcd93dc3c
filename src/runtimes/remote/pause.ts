import type { Clock } from "../../base/index.ts";
import type { RemoteAnswer } from "./exchange.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;

/** Milliseconds until the next attempt: what the server asked for, else by chance, up to twice as long each time. */
export function pauseBefore(retry: number, askedMs: number | undefined, chance = Math.random()): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retry);
  // Also on top of what was asked: else all who were refused together come back together.
  return (askedMs ?? 0) + chance * most;
}

/** The wait of a Retry-After header, in milliseconds. Source: RFC 9110, section 10.2.3. */
export function retryAfterMs({ headers }: Pick<RemoteAnswer, "headers">): number | undefined {
  const text = headers["retry-after"];
  if (text === undefined) return undefined;
  // A date counts from that of the answer: both are the server's clock.
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(headers["date"] ?? "");
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Waits. @throws the signal's reason as soon as it fires. */
export async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
