import type { ModelStatistics } from "./v2-view.ts";

/** Where the server says the time of the requests between two readings went; averages. */
export interface ServerSplit {
  /** Microseconds that a request waited. */
  readonly queueUs: number;
  /** Microseconds of bringing in, running and bringing out. */
  readonly computeUs: number;
  /** Rows per run of the model. */
  readonly batchRows: number;
}

/** The split of the requests between two readings of the statistics; undefined if there were none. */
export function splitBetween(before: ModelStatistics, after: ModelStatistics): ServerSplit | undefined {
  const [start, end] = [totalsOf(before), totalsOf(after)];
  const requests = end.requests - start.requests;
  const runs = end.runs - start.runs;
  if (requests <= 0 || runs <= 0) return undefined;
  return {
    queueUs: (end.queueNs - start.queueNs) / requests / 1000,
    computeUs: (end.computeNs - start.computeNs) / requests / 1000,
    batchRows: (end.rows - start.rows) / runs,
  };
}

/** Sums over all versions. */
function totalsOf(statistics: ModelStatistics) {
  const totals = { requests: 0, queueNs: 0, computeNs: 0, rows: 0, runs: 0 };
  for (const { inference_stats: stats, inference_count, execution_count } of statistics) {
    totals.requests += stats.success.count;
    totals.queueNs += stats.queue.ns;
    totals.computeNs += stats.compute_input.ns + stats.compute_infer.ns + stats.compute_output.ns;
    totals.rows += inference_count;
    totals.runs += execution_count;
  }
  return totals;
}
