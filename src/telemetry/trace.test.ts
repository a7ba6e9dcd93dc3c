import assert from "node:assert/strict";
import { test } from "node:test";
import { type Collected, withCollector } from "../../test/kit/collector.ts";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { silentLogger } from "./log.ts";
import type { Span } from "./span.ts";
import { formatTraceparent, parseTraceparent, startSpan } from "./trace.ts";
import { createTracer, type Tracer } from "./tracer.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

test("a traceparent is read and written as it came", () => {
  for (const flags of ["00", "01"]) {
    const header = `00-${TRACE}-${SPAN}-${flags}`;
    const ids = parseTraceparent(header);
    assert.deepEqual(ids, { traceId: TRACE, spanId: SPAN, sampled: flags === "01" });
    assert.equal(ids && formatTraceparent(ids), header);
  }
  assert.ok(parseTraceparent(`01-${TRACE}-${SPAN}-01-more`), "a later version may say more");
});

const BAD = [
  "",
  "x",
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE}-${SPAN}-0g`,
  ` 00-${TRACE}-${SPAN}-01`,
];
for (const header of BAD) {
  test(`"${header}" is no traceparent`, () => assert.equal(parseTraceparent(header), undefined));
}

test("a new span keeps its caller's trace and decision, or begins a trace", () => {
  const parent = { traceId: TRACE, spanId: SPAN, sampled: false };
  const child = startSpan(parent);
  assert.deepEqual([child.traceId, child.sampled, child.spanId === SPAN], [TRACE, false, false]);
  const root = startSpan();
  assert.match(root.traceId, /^[0-9a-f]{32}$/);
  assert.notEqual(startSpan().traceId, root.traceId);
});

const span = (name: string): Span => ({
  ids: { traceId: TRACE, spanId: SPAN, sampled: true },
  parentSpanId: "00f067aa0ba902b7",
  name,
  kind: "server",
  startMs: 1_764_000_000_000.25,
  endMs: 1_764_000_000_001.5,
  attributes: { model: "iris", rows: 3, cost: 0.5, inline: true },
});

async function withTracer(
  status: number,
  run: (
    tracer: Tracer,
    clock: ManualClock,
    collected: readonly Collected[],
    dropped: readonly number[],
  ) => Promise<void>,
): Promise<void> {
  await withCollector(status, async (endpoint, collected) => {
    const dropped: number[] = [];
    const clock = new ManualClock();
    const resource = { "service.name": "sirve" };
    const onDropped = (count: number) => void dropped.push(count);
    const tracer = createTracer({ endpoint, resource, clock, logger: silentLogger, onDropped });
    await run(tracer, clock, collected, dropped);
  });
}

test("spans reach the collector in OTLP's JSON, a second later or on close", async () => {
  await withTracer(200, async (tracer, clock, collected, dropped) => {
    tracer.record(span("request"));
    tracer.record({ ...span("compute"), kind: "internal", error: "broken" });
    clock.advance(1000);
    await tracer.close();
    assert.deepEqual([collected.length, collected[0]?.url, dropped], [1, "/v1/traces", []]);
    const [resourceSpans] = collected[0]?.body.resourceSpans ?? [];
    assert.deepEqual(resourceSpans?.resource, {
      attributes: [{ key: "service.name", value: { stringValue: "sirve" } }],
    });
    const [first, second] = resourceSpans?.scopeSpans[0]?.spans ?? [];
    assert.deepEqual(first, {
      traceId: TRACE,
      spanId: SPAN,
      parentSpanId: "00f067aa0ba902b7",
      name: "request",
      kind: 2,
      startTimeUnixNano: "1764000000000250000",
      endTimeUnixNano: "1764000000001500000",
      attributes: [
        { key: "model", value: { stringValue: "iris" } },
        { key: "rows", value: { intValue: "3" } },
        { key: "cost", value: { doubleValue: 0.5 } },
        { key: "inline", value: { boolValue: true } },
      ],
      status: {},
    });
    assert.deepEqual([second?.kind, second?.status], [1, { code: 2, message: "broken" }]);
  });
});

test("many spans go in batches, and what does not fit the queue is dropped and counted", async () => {
  await withTracer(200, async (tracer, _clock, collected, dropped) => {
    for (let i = 0; i < 6000; i++) tracer.record(span(String(i)));
    await tracer.close();
    const sent = collected.map(({ body }) => body.resourceSpans[0]?.scopeSpans[0]?.spans.length ?? 0);
    const lost = dropped.reduce((sum, count) => sum + count, 0);
    assert.ok(Math.max(...sent) <= 512 && lost > 0);
    assert.equal(sent.reduce((sum, count) => sum + count, 0) + lost, 6000);
  });
});

test("spans that a collector refuses are counted, and recording goes on", async () => {
  await withTracer(503, async (tracer, _clock, collected, dropped) => {
    tracer.record(span("a"));
    await tracer.close();
    tracer.record(span("b"));
    await tracer.close();
    assert.deepEqual([collected.length, dropped], [2, [1, 1]]);
  });
});

test("a collector that is not there costs spans, nothing else", async () => {
  const dropped: number[] = [];
  const tracer = createTracer({
    endpoint: "http://127.0.0.1:1",
    resource: {},
    clock: new ManualClock(),
    logger: silentLogger,
    onDropped: (count) => void dropped.push(count),
  });
  tracer.record(span("a"));
  await tracer.close();
  assert.deepEqual(dropped, [1]);
});
