import type { Clock } from "../base/index.ts";
import type { Timing } from "../model/index.ts";
import { type Attributes, parseTraceparent, startSpan, type Tracer } from "../telemetry/index.ts";

/** Told of each run of one request as it ends. */
export type RunRecorder = (rows: number, timing: Timing) => void;

/** The recorder of one request, by its `traceparent`; undefined if its trace is not sampled. */
export type StartRunRecorder = (trace: string, model: string, version: number) => RunRecorder | undefined;

/** Runs of one request that get spans: a long sound is hundreds of runs, and must not push others' spans out. */
const MAX_RUNS = 16;

/** Records two spans per run, children of the request's own: `queue`, then `compute`. */
export function recordRunSpans(tracer: Tracer, clock: Clock): StartRunRecorder {
  return (trace, model, version) => {
    const parent = parseTraceparent(trace);
    if (!parent?.sampled) return undefined;
    const record = (name: string, startMs: number, endMs: number, attributes: Attributes): void =>
      tracer.record({
        ids: startSpan(parent),
        parentSpanId: parent.spanId,
        name,
        kind: "internal",
        startMs,
        endMs,
        attributes: { "sirve.model": model, "sirve.version": version, ...attributes },
      });
    let runs = 0;
    return (rows, { queueUs, computeUs, cpuUs, batchRows }) => {
      runs += 1;
      if (runs > MAX_RUNS) return;
      const endMs = performance.timeOrigin + clock.now();
      const startMs = endMs - computeUs / 1000;
      const size = { "sirve.rows": rows, "sirve.batch.rows": batchRows };
      record("queue", startMs - queueUs / 1000, startMs, size);
      record("compute", startMs, endMs, { ...size, "sirve.cpu_us": cpuUs });
    };
  };
}
