/** How a test goes; every half second. */
export interface LoadTestProgress {
  readonly elapsedMs: number;
  /** Requests that ended so far, and those of them that did not succeed. */
  readonly requests: number;
  readonly failures: number;
  /** Of the time since the event before; null where no request ended in it. */
  readonly requestsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What a test found. Times in milliseconds; null where no request came to tell. */
export interface LoadTestReport {
  readonly model: string;
  readonly version: number;
  /** How long it really took, until its last request ended. */
  readonly seconds: number;
  readonly concurrency: number;
  /** In force in the copy that was asked; `maxRows` 1: each request ran alone. */
  readonly settings: LoadTestSettings;
  /** Its runs are so short that the server's main thread makes them itself, one after another. */
  readonly inline: boolean;
  readonly requests: number;
  readonly failures: number;
  /** The commonest first. */
  readonly failureReasons: readonly { readonly code: string; readonly count: number }[];
  /** Requests that succeeded, and their rows. */
  readonly requestsPerSecond: number;
  readonly rowsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** Requests that succeeded by how long they took: up to `leMs` and longer than the entry before. */
  readonly latencyHistogram: readonly { readonly leMs: number; readonly count: number }[];
  /** Runs by how many rows they had, ascending. */
  readonly batchRows: readonly { readonly rows: number; readonly count: number }[];
  /** Means of the requests that succeeded: the wait for a run, and the run. */
  readonly queueMs: number | null;
  readonly computeMs: number | null;
  /** CPU time of the runs for one request, in microseconds. */
  readonly cpuUsPerRequest: number | null;
  /** CPUs that the runs kept busy. */
  readonly cpus: number;
}

export interface LoadTestSettings {
  /** Runs under way at once at the most. */
  readonly instances: number;
  readonly maxRows: number;
  readonly maxDelayUs: number;
}
