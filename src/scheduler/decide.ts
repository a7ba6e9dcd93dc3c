/** Limits of one version's batches. */
export interface BatchLimits {
  /** Rows in one batch at the most; 1 never joins requests. */
  readonly maxRows: number;
  /** Microseconds that a free lane lets the oldest request wait for company. 0 never waits. */
  readonly maxDelayUs: number;
  /** Batch sizes to stop at, in rows, ascending; sizes above `maxRows` are never reached. */
  readonly preferredRows: readonly number[];
}

/** One waiting request as far as batching cares, linked to the one that is served after it. */
export interface Waiting {
  readonly rows: number;
  /** Clock time of its arrival, in milliseconds. */
  readonly since: number;
  readonly next: Waiting | undefined;
}

export type Decision =
  | { readonly kind: "run"; readonly count: number }
  /** No sooner than in `us` microseconds, unless something arrives. */
  | { readonly kind: "wait"; readonly us: number };

/**
 * What a free lane should do with the requests of one shape, from `first` in the order in which
 * they are served: run `count` of them as one batch, or wait for more. It is asked only when a
 * lane is free, so a batch is as large as what gathered until then (late binding).
 *
 * - What fits into `maxRows` may join; a first request that is larger runs alone. A request
 *   without rows counts as one, so that a batch is bounded in requests too.
 * - Once the rows that fit reach a preferred size, the batch runs at once and stops at the
 *   largest such size, or below it where a request would cross it.
 * - Otherwise it runs if it cannot grow, or if its oldest request has waited `maxDelayUs`.
 *
 * With a delay of 0 the answer is always to run: no lane idles while a request waits. Pure;
 * O(`maxRows`).
 *
 * Source: behaviour of Triton's dynamic batcher (max_queue_delay, preferred_batch_size) with late
 * binding; text-embeddings-inference forms a batch when its backend is free.
 */
export function decide(first: Waiting, limits: BatchLimits, now: number): Decision {
  const { maxRows, maxDelayUs, preferredRows } = limits;
  let rows = 0;
  let count = 0;
  let oldest = now;
  let entry: Waiting | undefined = first;
  while (entry && (count === 0 || rows + slots(entry) <= maxRows)) {
    rows += slots(entry);
    count += 1;
    if (entry.since < oldest) oldest = entry.since;
    entry = entry.next;
  }
  const stop = largestAtMost(preferredRows, rows);
  if (stop > 0) return { kind: "run", count: stop === rows ? count : countWithin(first, stop) };
  const leftUs = maxDelayUs - (now - oldest) * 1000;
  // Less than a microsecond is the rounding of a clock in milliseconds, not time to wait for.
  if (leftUs < 1 || rows >= maxRows || entry) return { kind: "run", count };
  return { kind: "wait", us: leftUs };
}

/** Requests from `first` on that fit into `rows`; the first always does. */
function countWithin(first: Waiting, rows: number): number {
  let left = rows - slots(first);
  let count = 1;
  for (let entry = first.next; entry && slots(entry) <= left; entry = entry.next) {
    left -= slots(entry);
    count += 1;
  }
  return count;
}

/** The largest of ascending `sizes` that is ≤ `rows`; 0 if there is none. */
function largestAtMost(sizes: readonly number[], rows: number): number {
  let best = 0;
  for (const size of sizes) if (size <= rows) best = size;
  return best;
}

/** What a request takes of a batch's and of a queue's rows. */
export function slots({ rows }: { readonly rows: number }): number {
  return rows > 0 ? rows : 1;
}
