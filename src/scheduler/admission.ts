import { PlatformError } from "../base/index.ts";

/** Bounds of what may wait of one version. */
export interface QueueBounds {
  readonly maxQueueRows: number;
  readonly maxQueueBytes: number;
}

/** What waits now, and how fast it goes away. */
export interface Backlog {
  readonly rows: number;
  readonly bytes: number;
  /** In how many milliseconds it will be gone at the pace of recent batches; undefined before the first. */
  waitMs(): number | undefined;
}

/** A request that asks to join the waiting ones. */
export interface Candidate {
  readonly rows: number;
  readonly bytes: number;
  /** Until its deadline, in milliseconds; Infinity where it does not matter. */
  readonly leftMs: number;
}

/**
 * Lets a request join the waiting ones, or refuses it at once: a queue that is longer than its
 * requests may wait would compute answers that nobody waits for any more.
 *
 * @throws PlatformError `resource_exhausted` with `retryAfterMs` if the queue is full, or too long for
 *   the deadline; `too_large` if the request would not fit into an empty queue.
 */
export function checkAdmission(candidate: Candidate, backlog: Backlog, bounds: QueueBounds): void {
  const { rows, bytes, leftMs } = candidate;
  const { maxQueueRows, maxQueueBytes } = bounds;
  if (backlog.rows + rows > maxQueueRows) {
    throw refuse({ unit: "rows", waiting: backlog.rows, more: rows, limit: maxQueueRows }, backlog);
  }
  if (backlog.bytes + bytes > maxQueueBytes) {
    throw refuse({ unit: "bytes", waiting: backlog.bytes, more: bytes, limit: maxQueueBytes }, backlog);
  }
  if (backlog.rows === 0 || leftMs === Number.POSITIVE_INFINITY) return;
  const waitMs = backlog.waitMs() ?? 0;
  if (waitMs > leftMs) throw tooLate(waitMs, leftMs);
}

/** Longest time after which a refused request is asked to come back, and the guess before the first batch. */
const LONGEST_RETRY_MS = 60_000;
const FIRST_RETRY_MS = 1000;

function retryAfter(waitMs: number): number {
  return Math.max(1, Math.min(LONGEST_RETRY_MS, Math.ceil(waitMs)));
}

function tooLate(waitMs: number, leftMs: number): PlatformError {
  const [got, expected] = [`about ${Math.ceil(waitMs)} ms`, `at most ${Math.floor(leftMs)} ms`];
  const message = `queue is too long for the deadline: it takes ${got}, expected ${expected}`;
  return new PlatformError("resource_exhausted", message, {
    got,
    expected,
    retryAfterMs: retryAfter(waitMs - leftMs),
    hint: "Come back after Retry-After, or allow more time.",
  });
}

interface Excess {
  readonly unit: "rows" | "bytes";
  readonly waiting: number;
  readonly more: number;
  readonly limit: number;
}

function refuse({ unit, waiting, more, limit }: Excess, backlog: Backlog): PlatformError {
  const expected = `at most ${limit} ${unit}`;
  if (more > limit) {
    return new PlatformError("too_large", `request has ${more} ${unit}, expected ${expected}`, {
      got: `${more} ${unit}`,
      expected,
      hint: "Send it in parts.",
    });
  }
  const message = `queue is full: ${waiting} ${unit} wait and this request has ${more}, expected ${expected}`;
  return new PlatformError("resource_exhausted", message, {
    got: `${waiting + more} ${unit}`,
    expected,
    retryAfterMs: retryAfter(backlog.waitMs() ?? FIRST_RETRY_MS),
    hint: "Come back after Retry-After.",
  });
}
