import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import type { Span } from "../telemetry/index.ts";
import { recordRunSpans } from "./run-spans.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const SAMPLED = `00-${TRACE}-${SPAN}-01`;
const TIMING = { queueUs: 3000, computeUs: 2000, cpuUs: 1500, batchRows: 8 };

function recording(atMs = 0) {
  const spans: Span[] = [];
  const clock = new ManualClock();
  clock.advance(atMs);
  const tracer = { record: (span: Span) => void spans.push(span), close: async () => {} };
  return { spans, start: recordRunSpans(tracer, clock) };
}

test("a run is two spans below the request's: its time in the queue, then the engine's", () => {
  const { spans, start } = recording(100);
  start(SAMPLED, "iris", 3)?.(2, TIMING);
  const at = (ms: number) => performance.timeOrigin + ms;
  const size = { "sirve.model": "iris", "sirve.version": 3, "sirve.rows": 2, "sirve.batch.rows": 8 };
  assert.deepEqual(
    spans.map(({ name, kind, parentSpanId, startMs, endMs, attributes }) => {
      return { name, kind, parentSpanId, startMs, endMs, attributes };
    }),
    [
      {
        name: "queue",
        kind: "internal",
        parentSpanId: SPAN,
        startMs: at(100) - 2 - 3,
        endMs: at(100) - 2,
        attributes: size,
      },
      {
        name: "compute",
        kind: "internal",
        parentSpanId: SPAN,
        startMs: at(100) - 2,
        endMs: at(100),
        attributes: { ...size, "sirve.cpu_us": 1500 },
      },
    ],
  );
  const ids = spans.map((span) => span.ids);
  assert.ok(ids.every(({ traceId, sampled }) => traceId === TRACE && sampled));
  assert.equal(new Set([SPAN, ...ids.map(({ spanId }) => spanId)]).size, 3);
});

test("a trace that is not sampled, or none, has no recorder", () => {
  const { start } = recording();
  for (const trace of ["", "nonsense", `00-${TRACE}-${SPAN}-00`]) {
    assert.equal(start(trace, "iris", 1), undefined, trace);
  }
});

test("a request of many runs gets spans for the first sixteen, and the next request for its own", () => {
  const { spans, start } = recording();
  const record = start(SAMPLED, "speech", 1);
  for (let run = 0; run < 100; run++) record?.(1, TIMING);
  assert.equal(spans.length, 32);
  start(SAMPLED, "speech", 1)?.(1, TIMING);
  assert.equal(spans.length, 34);
});
