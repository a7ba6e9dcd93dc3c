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
  /** When a request refused now should come back, in milliseconds. */
  clearMs(): number;
}

/**
 * Lets `rows` rows of `bytes` bytes join the waiting ones, or refuses them at once.
 *
 * @throws PlatformError `resource_exhausted` with `retryAfterMs` if the queue is full, `too_large` if
 *   the request would not fit into an empty one.
 */
export function checkAdmission(rows: number, bytes: number, backlog: Backlog, bounds: QueueBounds): void {
  const { maxQueueRows, maxQueueBytes } = bounds;
  if (backlog.rows + rows > maxQueueRows) {
    throw refuse({ unit: "rows", waiting: backlog.rows, more: rows, limit: maxQueueRows }, backlog);
  }
  if (backlog.bytes + bytes > maxQueueBytes) {
    throw refuse({ unit: "bytes", waiting: backlog.bytes, more: bytes, limit: maxQueueBytes }, backlog);
  }
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
    retryAfterMs: backlog.clearMs(),
    hint: "Come back after Retry-After.",
  });
}
